//! From the state of an aggregate to the rows that show it. Pure: the same record gives the same rows on
//! every backend, which is what `mingjing audit` relies on.

use crate::table::{truth::entry, view::*};
use domain::{
    account::Account,
    actor::Assignee,
    appraisal::Appraisal,
    cycle::Cycle,
    declaration::Declaration,
    event::{ERASED, Event, Stream, StreamKind},
    finding::Finding,
    goal::Step,
    id::PersonId,
    indicator::Measure,
    notice::Notice,
    outcome::Outcome,
    score::Standing,
    slate::Slate,
    tip::Tip,
    todo::Todo,
};
use jiff::civil::Date;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, IntoActiveModel, Iterable, ModelTrait,
    PaginatorTrait, PrimaryKeyToColumn, QueryFilter,
    sea_query::{Expr, OnConflict, Query},
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

use crate::record::Recorded;

/// The tables that are views, each with its rows' type, the column that says which aggregate a row shows, and the kinds of
/// aggregate that it shows.
macro_rules! views {
    ($($module:ident => $variant:ident, $owner:ident of $($kind:ident)|+;)*) => {
        /// A row of a view.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum Row {
            $($variant($module::Model),)*
        }

        impl Row {
            /// The table and the key within it, as one text.
            pub(crate) fn key(&self) -> (&'static str, String) {
                match self {
                    $(Row::$variant(row) => (stringify!($module), key_of::<$module::Entity>(row)),)*
                }
            }
        }

        /// Bring the tables to these changes.
        pub(crate) async fn write(
            db: &impl ConnectionTrait,
            changes: impl IntoIterator<Item = Change>,
        ) -> Result<(), DbErr> {
            let (mut put, mut dropped) = (Vec::new(), Vec::new());
            for change in changes {
                match change {
                    Change::Put(row) => put.push(row),
                    Change::Drop(row) => dropped.push(row),
                }
            }
            $({
                let of = |row: &Row| match row {
                    Row::$variant(row) => Some(row.clone()),
                    _ => None,
                };
                // What makes room comes first: of some columns no two rows have the same.
                drop_all::<$module::Entity>(db, dropped.iter().filter_map(of).collect()).await?;
                put_all::<$module::Entity>(db, put.iter().filter_map(of).collect()).await?;
            })*
            Ok(())
        }

        /// The rows that show these aggregates of one kind, as they stand in the tables.
        pub(crate) async fn shown(
            db: &impl ConnectionTrait,
            authority: Uuid,
            kind: StreamKind,
            owners: &[Uuid],
        ) -> Result<Vec<Row>, DbErr> {
            let mut rows = Vec::new();
            $(if matches!(kind, $(StreamKind::$kind)|+) {
                let found = $module::Entity::find()
                    .filter($module::Column::AuthorityId.eq(authority))
                    .filter($module::Column::$owner.is_in(owners.iter().copied()));
                rows.extend(found.all(db).await?.into_iter().map(Row::$variant));
            })*
            Ok(rows)
        }

        /// How many rows all views have together.
        pub(crate) async fn count(db: &impl ConnectionTrait, authority: Uuid) -> Result<u64, DbErr> {
            let mut count = 0;
            $(count += $module::Entity::find().filter($module::Column::AuthorityId.eq(authority)).count(db).await?;)*
            Ok(count)
        }

        /// Rows that show what is in no record.
        pub(crate) async fn strays(db: &impl ConnectionTrait, authority: Uuid) -> Result<Vec<Row>, DbErr> {
            let mut strays = Vec::new();
            $({
                let kinds = [$(StreamKind::$kind),+].map(StreamKind::as_str);
                let told = Query::select()
                    .expr(Expr::val(1))
                    .from(entry::Entity)
                    .and_where(entry::Column::AuthorityId.eq(authority))
                    .and_where(Expr::col((entry::Entity, entry::Column::StreamId)).eq(Expr::col(($module::Entity, $module::Column::$owner))))
                    .and_where(entry::Column::StreamKind.is_in(kinds))
                    .to_owned();
                let found = $module::Entity::find()
                    .filter($module::Column::AuthorityId.eq(authority))
                    .filter(Expr::exists(told).not());
                strays.extend(found.all(db).await?.into_iter().map(Row::$variant));
            })*
            Ok(strays)
        }
    };
}

views! {
    rules => Rules, StreamId of Rules;
    unit => Unit, UnitId of Unit;
    person => Person, PersonId of Person;
    indicator => Indicator, IndicatorId of Indicator;
    batch => Batch, BatchId of Batch;
    account => Account, AccountId of Account;
    role_grant => RoleGrant, AccountId of Account;
    cycle => Cycle, CycleId of Cycle;
    appraisal => Appraisal, AppraisalId of Appraisal;
    duty => Duty, AppraisalId of Appraisal;
    recusal => Recusal, AppraisalId of Appraisal;
    third_party => ThirdParty, AppraisalId of Appraisal;
    citation => Citation, AppraisalId of Appraisal;
    score => Score, AppraisalId of Appraisal;
    slate => Slate, SlateId of Slate;
    notice => Notice, NoticeId of Notice;
    outcome => Outcome, OutcomeId of Outcome;
    declaration => Declaration, PersonId of Declaration;
    finding => Finding, FindingId of Finding;
    tip => Tip, TipId of Tip;
    look => Look, LookId of Look;
    todo => Todo, StreamId of Appraisal | Slate | Notice | Outcome | Declaration | Finding | Tip;
}

fn key_of<E: EntityTrait>(row: &E::Model) -> String
where
    E::Model: ModelTrait<Entity = E>,
{
    let part = |key: E::PrimaryKey| match row.get(key.into_column()) {
        sea_orm::Value::Uuid(Some(id)) => id.to_string(),
        sea_orm::Value::String(Some(text)) => text.to_string(),
        other => other.to_string(),
    };
    // The authority is the same in all of them.
    E::PrimaryKey::iter().skip(1).map(part).collect::<Vec<_>>().join("/")
}

/// A row of a view that comes about or becomes another, or is no more.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    Put(Row),
    Drop(Row),
}

impl Change {
    /// The table and the key within it, as one text.
    pub(crate) fn key(&self) -> (&'static str, String) {
        let (Change::Put(row) | Change::Drop(row)) = self;
        row.key()
    }
}

/// How many rows one statement writes: under the parameter limits of both backends.
const AT_ONCE: usize = 500;

fn keys<E: EntityTrait>() -> impl Iterator<Item = E::Column> {
    E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column)
}

/// Write rows over whatever stands under their keys.
async fn put_all<E: EntityTrait>(db: &impl ConnectionTrait, rows: Vec<E::Model>) -> Result<(), DbErr>
where
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    for part in rows.chunks(AT_ONCE) {
        let conflict = OnConflict::columns(keys::<E>()).update_columns(E::Column::iter()).to_owned();
        let rows = part.iter().cloned().map(IntoActiveModel::into_active_model);
        E::insert_many(rows).on_conflict(conflict).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Take rows away.
async fn drop_all<E: EntityTrait>(db: &impl ConnectionTrait, rows: Vec<E::Model>) -> Result<(), DbErr>
where
    E::Model: ModelTrait<Entity = E>,
{
    for part in rows.chunks(AT_ONCE) {
        let any = part.iter().fold(Condition::any(), |any, row| {
            any.add(keys::<E>().fold(Condition::all(), |all, key| all.add(key.eq(row.get(key)))))
        });
        E::delete_many().filter(any).exec(db).await?;
    }
    Ok(())
}

fn micros(at: jiff::Timestamp) -> i64 {
    at.as_microsecond()
}

fn day(date: Date) -> String {
    date.to_string()
}

/// The rows that show one aggregate. `cycle` is the cycle it belongs to, where it belongs to one.
pub(crate) fn rows(authority_id: Uuid, stream: Stream, record: &[Recorded], cycle: Option<&Cycle>) -> Vec<Row> {
    let folded = || record.iter().map(|recorded| (&recorded.event, recorded.stamp));
    let view = View { authority_id, stream };
    match stream.kind {
        StreamKind::Rules | StreamKind::Unit | StreamKind::Person | StreamKind::Indicator | StreamKind::Batch => {
            view.register(record).into_iter().collect()
        }
        StreamKind::Account => Account::fold(folded()).map(|account| view.account(&account)).unwrap_or_default(),
        StreamKind::Cycle => crate::load::fold_cycle(record).map(|cycle| vec![view.cycle(&cycle)]).unwrap_or_default(),
        StreamKind::Appraisal => match (Appraisal::fold(folded()), cycle) {
            (Some(appraisal), Some(cycle)) => [view.appraisal(&appraisal, cycle), view.third_parties(record)].concat(),
            _ => Vec::new(),
        },
        StreamKind::Slate => match (Slate::fold(folded()), cycle) {
            (Some(slate), Some(cycle)) => view.slate(&slate, cycle),
            _ => Vec::new(),
        },
        StreamKind::Notice => Notice::fold(folded()).map(|notice| view.notice(&notice)).unwrap_or_default(),
        StreamKind::Tip => Tip::fold(folded()).map(|tip| view.tip(record, &tip)).unwrap_or_default(),
        StreamKind::Outcome => Outcome::fold(folded()).map(|outcome| view.outcome(&outcome)).unwrap_or_default(),
        StreamKind::Declaration if record.is_empty() => Vec::new(),
        StreamKind::Declaration => view.declaration(&Declaration::fold(PersonId(stream.id), folded())),
        StreamKind::Finding => Finding::fold(folded()).map(|finding| view.finding(&finding)).unwrap_or_default(),
        StreamKind::Look => view.look(record).into_iter().collect(),
    }
}

struct View {
    authority_id: Uuid,
    stream: Stream,
}

impl View {
    /// Registers: the last event is the whole state. Of a person who was erased it is the one before, without the name.
    fn register(&self, record: &[Recorded]) -> Option<Row> {
        let authority_id = self.authority_id;
        let (recorded, erased) = match record {
            [.., before, last] if matches!(last.event, Event::SubjectErased { .. }) => (before, true),
            [.., last] => (last, false),
            [] => return None,
        };
        Some(match &recorded.event {
            Event::RulesRecorded { regimes, policies } => Row::Rules(rules::Model {
                authority_id,
                stream_id: self.stream.id,
                regimes: regimes.clone(),
                policies: policies.clone(),
            }),
            Event::UnitEntered(of) => Row::Unit(unit::Model {
                authority_id,
                unit_id: of.id.0,
                code: of.code.clone(),
                name: of.name.clone(),
                short_name: of.short_name.clone(),
                parent_id: of.parent.map(|id| id.0),
                kind: of.kind.clone(),
                head_id: of.head.map(|id| id.0),
                duty: of.duty.clone(),
            }),
            Event::PersonEntered(of) => Row::Person(person::Model {
                authority_id,
                person_id: of.id.0,
                number: of.number.clone(),
                name: if erased { ERASED.to_owned() } else { of.name.clone() },
                unit_id: of.assignment.unit.0,
                section_id: of.assignment.section.map(|id| id.0),
                post: of.assignment.post.clone(),
                rank: of.assignment.rank.clone(),
                staff_kind: of.assignment.staff_kind.clone(),
                post_type: of.assignment.post_type.clone(),
                joined: of.assignment.joined.map(day),
                leader_id: of.assignment.leader.map(|id| id.0),
                project_lead: of.assignment.project_lead,
            }),
            Event::IndicatorDefined(of) => Row::Indicator(indicator::Model {
                authority_id,
                indicator_id: of.id.0,
                code: of.code.clone(),
                name: of.name.clone(),
                dimension: of.dimension.as_str().to_owned(),
                weight: of.weight.0,
                post_type: of.post_type.clone(),
                source: of.source.clone(),
                words: of.words.clone(),
                formula: match &of.measure {
                    Measure::Quantitative { formula } => Some(formula.clone()),
                    Measure::Qualitative => None,
                },
            }),
            Event::BatchImported(of) => Row::Batch(batch::Model {
                authority_id,
                batch_id: of.id.0,
                seq: recorded.seq as i64,
                kind: of.kind.as_str().to_owned(),
                file: of.file.clone(),
                sheet: of.sheet.clone(),
                digest: of.digest.clone(),
                rows_digest: of.rows_digest.clone(),
                row_count: of.rows.into(),
                skipped: of.left_out() as i64,
                from_day: of.from.map(day),
                to_day: of.to.map(day),
                imported_at: micros(recorded.stamp.at),
                imported_by: recorded.stamp.by.account.map(|id| id.0),
            }),
            _ => return None,
        })
    }

    fn account(&self, account: &Account) -> Vec<Row> {
        let at = |stamp: &Option<domain::actor::Stamp>| stamp.as_ref().map(|stamp| micros(stamp.at));
        let mut rows = vec![Row::Account(account::Model {
            authority_id: self.authority_id,
            account_id: account.opened.id.0,
            login: account.opened.login.clone(),
            person_id: account.opened.person.map(|id| id.0),
            name: account.opened.name.clone(),
            locked_at: at(&account.locked),
            password_at: at(&account.password_set),
            password_is_first: account.has_first_password(),
            second_factor_at: at(&account.second_factor),
        })];
        rows.extend(account.grants.iter().map(|grant| {
            Row::RoleGrant(role_grant::Model {
                authority_id: self.authority_id,
                account_id: account.opened.id.0,
                role: grant.role.as_str().to_owned(),
                scope: grant.unit.map_or_else(|| "*".to_owned(), |unit| unit.to_string()),
            })
        }));
        rows
    }

    fn cycle(&self, cycle: &Cycle) -> Row {
        let opened = &cycle.opened;
        Row::Cycle(cycle::Model {
            authority_id: self.authority_id,
            cycle_id: opened.id.0,
            regime: opened.regime.clone(),
            kind: opened.kind.clone(),
            title: opened.title.clone(),
            from_day: day(opened.from),
            to_day: day(opened.to),
            goals_due: day(opened.schedule.goals),
            scoring_due: day(opened.schedule.scoring),
            grading_due: day(opened.schedule.grading),
            opened_at: micros(cycle.stamp.at),
            frozen_at: cycle.frozen.map(|stamp| micros(stamp.at)),
            closed_at: cycle.closed.map(|stamp| micros(stamp.at)),
            survey_due: cycle.survey.as_ref().filter(|survey| survey.counted.is_none()).map(|survey| day(survey.until)),
        })
    }

    fn appraisal(&self, sheet: &Appraisal, cycle: &Cycle) -> Vec<Row> {
        let (authority_id, opened) = (self.authority_id, &sheet.opened);
        let void = |standing| matches!(standing, Standing::Unconfirmed | Standing::Denied | Standing::Returned);
        let mut rows = vec![Row::Appraisal(appraisal::Model {
            authority_id,
            appraisal_id: opened.id.0,
            cycle_id: opened.cycle.0,
            person_id: opened.person.0,
            unit_id: opened.unit.0,
            section_id: opened.section.map(|id| id.0),
            post_type: opened.post_type.clone(),
            stage: sheet.stage().as_str().to_owned(),
            ungraded: sheet.ungraded.as_ref().map(|(reason, _)| reason.as_str().to_owned()),
            goal_version: sheet.goals.len() as i64,
            missing_scores: if sheet.ungraded.is_some() { 0 } else { sheet.missing_scores(cycle).len() as i64 },
            void_scores: sheet.scores.iter().filter(|score| void(score.standing())).count() as i64,
            open_appeals: sheet.open_appeals() as i64,
            appeals: sheet.appeals.len() as i64,
            composite: sheet.composite.as_ref().and_then(|(composite, _)| composite.total).map(|total| total.0),
            grade: sheet.grade.as_ref().map(|(grade, ..)| grade.clone()),
        })];
        for score in &sheet.scores {
            rows.push(Row::Score(score::Model {
                authority_id,
                score_id: score.given.id.0,
                appraisal_id: opened.id.0,
                cycle_id: opened.cycle.0,
                indicator: score.given.indicator.clone(),
                rater_id: score.given.rater.0,
                witness_id: score.given.basis.witness.0,
                points: score.points().0,
                standing: score.standing().as_str().to_owned(),
                given_at: micros(score.stamp.at),
            }));
        }
        rows.extend(self.duties(sheet));
        rows.extend(self.recusals(sheet));
        rows.extend(self.citations(sheet));
        rows.extend(self.todos(sheet.todos(cycle)));
        rows
    }

    /// Each with the newest entry that tells of them.
    fn third_parties(&self, record: &[Recorded]) -> Vec<Row> {
        let mut newest = BTreeMap::new();
        for recorded in record {
            if let Event::ThirdPartyEntered(entered) = &recorded.event {
                newest.insert(entered.id.0, recorded.seq as i64);
            }
        }
        let (authority_id, appraisal_id) = (self.authority_id, self.stream.id);
        let row = |(person_id, seq)| third_party::Model { authority_id, person_id, appraisal_id, seq };
        newest.into_iter().map(row).map(Row::ThirdParty).collect()
    }

    fn duties(&self, sheet: &Appraisal) -> Vec<Row> {
        let person = |assignee: Assignee| domain::act::handed_to(assignee);
        let mut duties: Vec<(PersonId, &str)> = Vec::new();
        duties.extend(sheet.opened.leader.map(|leader| (leader, "lead")));
        duties.extend(sheet.assessors.iter().map(|assessor| (assessor.person, "assess")));
        duties.extend(person(sheet.goal_step_of(Step::Endorse)).map(|endorser| (endorser, "endorse")));
        duties.extend(person(sheet.goal_step_of(Step::Confirm)).map(|confirmer| (confirmer, "confirm")));
        duties.extend(sheet.scores.iter().map(|score| (score.given.basis.witness, "witness")));
        duties.extend(sheet.appeals.iter().filter_map(|appeal| appeal.decider).map(|(decider, _)| (decider, "decide")));
        duties.retain(|(person, _)| !sheet.is_over_for(*person));
        duties.sort();
        duties.dedup();
        let row = |(person, duty): (PersonId, &str)| {
            Row::Duty(duty::Model {
                authority_id: self.authority_id,
                appraisal_id: sheet.opened.id.0,
                person_id: person.0,
                duty: duty.to_owned(),
                cycle_id: sheet.opened.cycle.0,
                subject_id: sheet.opened.person.0,
            })
        };
        duties.into_iter().map(row).collect()
    }

    fn recusals(&self, sheet: &Appraisal) -> impl Iterator<Item = Row> {
        let concerned: BTreeSet<PersonId> = sheet.recusals.iter().map(|recusal| recusal.raised.concerned).collect();
        let decided = concerned.into_iter().filter_map(|person| Some((person.0, sheet.decided_on(person)?)));
        let (authority_id, appraisal_id) = (self.authority_id, sheet.opened.id.0);
        let row = move |(person_id, recused)| recusal::Model { authority_id, appraisal_id, person_id, recused };
        decided.map(row).map(Row::Recusal).collect::<Vec<_>>().into_iter()
    }

    fn citations(&self, sheet: &Appraisal) -> impl Iterator<Item = Row> {
        let files = sheet.progress.iter().flat_map(|report| &report.reported.attachments);
        let digests: BTreeSet<&str> = files.map(|file| file.digest.as_str()).collect();
        let (authority_id, appraisal_id) = (self.authority_id, sheet.opened.id.0);
        digests
            .into_iter()
            .map(move |digest| Row::Citation(citation::Model { authority_id, appraisal_id, digest: digest.to_owned() }))
    }

    fn slate(&self, slate: &Slate, cycle: &Cycle) -> Vec<Row> {
        let stage = match slate {
            _ if slate.fixed.is_some() => "fixed",
            _ if slate.published.is_some() => "ended",
            _ if slate.notice.is_some() => "published",
            _ if slate.reviewed.is_some() => "reviewed",
            _ if slate.submitted.is_some() => "submitted",
            _ => "proposing",
        };
        let mut rows = vec![Row::Slate(slate::Model {
            authority_id: self.authority_id,
            slate_id: slate.opened.id.0,
            cycle_id: slate.opened.cycle.0,
            unit_id: slate.opened.unit.0,
            head_id: slate.opened.head.map(|id| id.0),
            members: slate.members.len() as i64,
            base: slate.base.into(),
            quota: slate.quota.into(),
            proposed: slate.proposals.len() as i64,
            top_held: slate.count(cycle.top_grade()).into(),
            stage: stage.to_owned(),
        })];
        rows.extend(self.todos(slate.todos(cycle)));
        rows
    }

    fn notice(&self, notice: &Notice) -> Vec<Row> {
        let mut rows = vec![Row::Notice(notice::Model {
            authority_id: self.authority_id,
            notice_id: notice.posted.id.0,
            cycle_id: notice.posted.cycle.0,
            slate_id: notice.posted.slate.0,
            unit_id: notice.posted.unit.0,
            lines: notice.lines.len() as i64,
            posted_at: micros(notice.stamp.at),
            until_day: day(notice.until),
            objections: notice.objections.len() as i64,
            open_objections: notice.open_objections() as i64,
            closed_at: notice.closed.map(|stamp| micros(stamp.at)),
        })];
        rows.extend(self.todos(notice.todos()));
        rows
    }

    fn outcome(&self, outcome: &Outcome) -> Vec<Row> {
        let of = &outcome.recommended;
        let mut rows = vec![Row::Outcome(outcome::Model {
            authority_id: self.authority_id,
            outcome_id: of.id.0,
            cycle_id: of.cycle.0,
            appraisal_id: of.appraisal.0,
            person_id: of.person.0,
            unit_id: of.unit.0,
            kind: of.kind.as_str().to_owned(),
            grade: of.grade.clone(),
            stage: outcome.stage().to_owned(),
            recommended_by: outcome.stamp.by.person.map(|id| id.0),
            recommended_at: micros(outcome.stamp.at),
        })];
        rows.extend(self.todos(outcome.todos()));
        rows
    }

    fn declaration(&self, of: &Declaration) -> Vec<Row> {
        let asked = of.asked.last().map(|(asked, _)| asked);
        let mut rows = vec![Row::Declaration(declaration::Model {
            authority_id: self.authority_id,
            person_id: of.person.0,
            unit_id: asked.map(|asked| asked.unit.0),
            asked_year: asked.map(|asked| asked.year.into()),
            due: asked.map(|asked| day(asked.due)),
            declared_at: of.declared.last().map(|declared| micros(declared.stamp.at)),
            waiting: of.waiting().is_some(),
        })];
        rows.extend(self.todos(of.todos()));
        rows
    }

    fn tip(&self, record: &[Recorded], tip: &Tip) -> Vec<Row> {
        let mut rows = vec![Row::Tip(tip::Model {
            authority_id: self.authority_id,
            tip_id: tip.given.id.0,
            seq: record.first().map_or(0, |first| first.seq as i64),
            is_closed: tip.closed.is_some(),
        })];
        rows.extend(self.todos(tip.todos()));
        rows
    }

    fn finding(&self, finding: &Finding) -> Vec<Row> {
        let of = &finding.raised;
        let mut rows = vec![Row::Finding(finding::Model {
            authority_id: self.authority_id,
            finding_id: of.id.0,
            detector: of.detector.clone(),
            level: of.level.as_str().to_owned(),
            finding_key: of.key.clone(),
            subject_id: of.subject.0,
            unit_id: of.unit.0,
            stage: finding.stage().as_str().to_owned(),
            assigned_id: finding.assigned.as_ref().map(|(to, _)| to.0),
            told_to_subject: finding.is_known_to_subject(),
            silenced_until: finding.silenced.as_ref().map(|(until, ..)| day(*until)),
            disposition: finding.closed.as_ref().map(|(disposition, ..)| disposition.as_str().to_owned()),
            raised_at: micros(finding.stamp.at),
            due: day(of.due),
            closed_at: finding.closed.as_ref().map(|(.., stamp)| micros(stamp.at)),
        })];
        rows.extend(self.todos(finding.todos()));
        rows
    }

    /// Of a look no more than when, by which account and until when: whom it concerned is sealed.
    fn look(&self, record: &[Recorded]) -> Option<Row> {
        let recorded = record.first()?;
        let Event::TiesLookedAt(looked) = &recorded.event else { return None };
        Some(Row::Look(look::Model {
            authority_id: self.authority_id,
            look_id: self.stream.id,
            seq: recorded.seq as i64,
            account_id: recorded.stamp.by.account.map(|id| id.0),
            at: micros(recorded.stamp.at),
            until_day: day(looked.until),
        }))
    }

    fn todos(&self, todos: Vec<Todo>) -> Vec<Row> {
        let row = |todo: Todo| {
            let (assignee, person_id, hr_unit_id) = match todo.assignee {
                Assignee::Person(person) => ("person", Some(person.0), None),
                Assignee::Hr(unit) => ("hr", None, unit.map(|unit| unit.0)),
                Assignee::Approver => ("approver", None, None),
                Assignee::Inspector => ("inspector", None, None),
            };
            Row::Todo(todo::Model {
                authority_id: self.authority_id,
                stream_kind: self.stream.kind.as_str().to_owned(),
                stream_id: self.stream.id,
                todo_key: todo.key,
                task: todo.task.as_str().to_owned(),
                assignee: assignee.to_owned(),
                person_id,
                hr_unit_id,
                subject_id: todo.subject.map(|id| id.0),
                unit_id: todo.unit.0,
                cycle_id: todo.cycle.map(|id| id.0),
                due: todo.due.map(day),
                not_before: todo.not_before.map(day),
                escalated: todo.escalated,
            })
        };
        todos.into_iter().map(row).collect()
    }
}

/// What brings the rows of one aggregate from `before` to `after`.
pub(crate) fn changes(before: Vec<Row>, after: Vec<Row>) -> impl Iterator<Item = Change> {
    let keyed = |rows: Vec<Row>| rows.into_iter().map(|row| (row.key(), row)).collect::<BTreeMap<_, _>>();
    let (mut before, mut after) = (keyed(before), keyed(after));
    after.retain(|key, row| before.remove(key).as_ref() != Some(row));
    after.into_values().map(Change::Put).chain(before.into_values().map(Change::Drop))
}
