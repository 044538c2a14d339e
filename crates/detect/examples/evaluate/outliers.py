"""The detectors beside two general ones for outliers, ECOD and isolation forest of PyOD, on a simulated city.

    python3 outliers.py CITY        CITY: the tables, truth.csv and findings.jsonl

Both get what the detectors look at, as one row of features for each person, rater, actor and unit. They give a score and
no threshold, so they are told what nobody knows in life: how many were planted. As many of the highest scores are taken.
Writes a table in Markdown.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from pyod.models.ecod import ECOD
from pyod.models.iforest import IForest

CYCLE = "2025"

# Which row of which level a planted case is: of the person or unit it names, or of the other one.
LEVELS = {
    "unit": ["excellent_half", "over_cap", "share_jump", "bunching", "crowding"],
    "person": ["completion_jump", "padded_claims", "top_late", "top_untrained", "top_on_leave", "top_behind",
               "lowered_late", "moved_after", "low_target"],
    "rater": ["severe_rater", "lenient_rater", "favoured_section", "favoured_person", "ring", "copied_basis",
              "thin_basis", "related_duty"],
    "actor": ["self_approval", "two_steps", "burst", "stalling", "concentration"],
}
NAMES_A_CASE = {"self_approval", "two_steps"}


def units(table):
    results = table("results")
    top = results.assign(top=results.grade_rank.eq(1)).groupby(["unit_id", "cycle"]).top.mean().unstack()
    last = results[results.cycle == CYCLE].assign(
        near=lambda r: r.score.between(86, 94), above=lambda r: r.score.between(90, 94))
    grouped = last.groupby("unit_id")
    score = grouped.score
    return pd.DataFrame({
        "share": top[CYCLE],
        "rise": top[CYCLE] - top.drop(columns=CYCLE).mean(axis=1),
        "above_cut": grouped.above.sum() / grouped.near.sum().clip(lower=1),
        "skew": score.skew(),
        "peak": score.apply(pd.Series.kurt),
        "same": score.apply(lambda s: s.value_counts(normalize=True).iloc[0]),
    })


def people(table):
    results = table("results")
    top = results[results.cycle == CYCLE].set_index("person_id").grade_rank.eq(1)
    attendance = table("attendance").groupby("person_id")
    training = table("training").set_index("person_id")
    work = table("observations").sort_values(["person_id", "period"])
    work["ratio"] = work.claimed / work.target
    before = work.groupby("person_id").ratio.transform(lambda r: r.expanding().mean().shift())
    work["jump"] = work.ratio / before
    work["beyond"] = work.claimed / work.recorded
    of_person = work.groupby("person_id")
    targets = table("targets").sort_values("version")
    first, final = targets.groupby("person_id").first(), targets.groupby("person_id").last()
    late = (final.changed_at >= pd.Timestamp("2025-10-01")).astype(float)
    lowered = (1 - final.value / first.value).clip(lower=0)
    known = {
        "late": attendance.late.max(),
        "leave": attendance.leave_days.sum(),
        "untrained": (training.hours_required - training.hours_done).clip(lower=0),
        "behind": 1 - of_person.recorded.sum() / of_person.target.sum(),
    }
    frame = pd.DataFrame({name: values * top for name, values in known.items()} | known | {
        "jump": of_person.jump.max(),
        "beyond": of_person.beyond.max(),
        "padded": of_person.claimed.sum() / of_person.recorded.sum(),
        "lowered_late": lowered * late,
        "target": np.log(final.value / final.groupby("unit_id").value.transform("median")),
    })
    frame[[f"top_{name}" for name in known]] = frame[list(known)].mul(top.astype(float), axis=0)
    return frame


def raters(table):
    scores = table("scores")
    item = scores.groupby(["indicator_id", "ratee_id"]).score.transform("mean")
    scores["left"] = scores.score - item
    severity = scores.groupby("rater_id").left.transform("mean")
    scores["residual"] = scores.left - severity
    by_person = scores.groupby(["rater_id", "ratee_id"]).residual.mean()
    mutual = pd.concat([by_person, by_person.swaplevel()], axis=1, join="inner").min(axis=1)
    evidence = table("evidence")
    evidence["signs"] = evidence.text.str.len()
    same = evidence.groupby(["rater_id", "text"]).size().groupby("rater_id").max()
    relations, duties = table("relations"), table("duties")
    ties = pd.concat([relations, relations.rename(columns={"a_id": "b_id", "b_id": "a_id"})])
    tied = duties.merge(ties, left_on=["actor_id", "subject_id"], right_on=["a_id", "b_id"]).groupby("actor_id").size()
    return pd.DataFrame({
        "severity": scores.groupby("rater_id").left.mean(),
        "person": by_person.groupby("rater_id").max(),
        "section": scores.groupby(["rater_id", "ratee_group"]).residual.mean().groupby("rater_id").max(),
        "mutual": mutual.groupby(level=0).nlargest(2).groupby(level=0).mean(),
        "copied": same,
        "shortest": -evidence.groupby("rater_id").signs.min(),
        "tied": tied,
    })


def actors(table):
    cases = table("approvals")
    cases["wait"] = (cases.decided_at - cases.opened_at).dt.total_seconds()
    cases["minute"] = cases.decided_at.dt.floor("min")
    cases["own"] = cases.actor_id == cases.subject_id
    cases["unit"] = cases.actor_id.str.split("p").str[0]
    minutes = cases.groupby(["actor_id", "minute"]).wait.agg(["size", lambda w: (w <= 20).mean()])
    cases["slow"] = cases.wait > cases.groupby(["actor_id", "step"]).wait.transform("median")
    pairs = cases.groupby(["actor_id", "subject_id"]).slow.agg(["sum", "size"])
    steps = cases.groupby(["case_id", "actor_id"]).step.nunique()
    decided = cases.groupby(["unit", "step", "actor_id"]).size()
    share = decided / decided.groupby(["unit", "step"]).transform("sum")
    spread = share[decided.groupby(["unit", "step"]).transform("size") > 1]
    return pd.DataFrame({
        "burst": (minutes["size"] * minutes.iloc[:, 1]).groupby("actor_id").max(),
        "own": cases.groupby("actor_id").own.sum(),
        "steps": steps.groupby("actor_id").max(),
        "stalled": (2 * pairs["sum"] - pairs["size"]).groupby("actor_id").max(),
        "share": spread.groupby("actor_id").max(),
    })


def main(city):
    def table(name):
        return pd.read_parquet(city / f"{name}.parquet")

    truth = pd.read_csv(city / "truth.csv", dtype=str).fillna("")
    findings = [json.loads(line) for line in open(city / "findings.jsonl", encoding="utf-8")]
    findings = [one for one in findings if one["level"] != "watch"]
    named = {(one["detector"], who) for one in findings for who in [one["subject_id"], *one["others"]]}
    truth["who"] = np.where(truth.pattern.isin(NAMES_A_CASE), truth.others, truth.subject_id)
    truth["ours"] = [(row.detector, row.subject_id) in named for row in truth.itertuples()]
    for level, features in {"unit": units, "person": people, "rater": raters, "actor": actors}.items():
        here = truth.pattern.isin(LEVELS[level])
        frame = features(table).replace([np.inf, -np.inf], np.nan)
        frame = frame.fillna(frame.median().fillna(0)).fillna(0).astype(float)
        planted = set(truth.who[here])
        for name, model in {"ECOD": ECOD(), "IForest": IForest(random_state=1)}.items():
            model.fit(frame.to_numpy())
            highest = frame.index[np.argsort(-model.decision_scores_, kind="stable")[: len(planted)]]
            truth.loc[here, name] = truth.who[here].isin(set(highest))
    print("| planted | cases | these detectors | ECOD | IForest |\n|---|---|---|---|---|")
    kinds = [kind for kinds in LEVELS.values() for kind in kinds]
    for kind in kinds:
        rows = truth[truth.pattern == kind]
        shares = " | ".join(f"{rows[name].astype(float).mean():.2f}" for name in ["ours", "ECOD", "IForest"])
        print(f"| {kind} | {len(rows)} | {shares} |")
    shares = " | ".join(f"**{truth[name].astype(float).mean():.2f}**" for name in ["ours", "ECOD", "IForest"])
    print(f"| **all** | **{len(truth)}** | {shares} |")


main(Path(sys.argv[1]))
