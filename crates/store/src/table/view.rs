//! The tables that are views of the record, as `migrations/views.sql` makes them.

use sea_orm::entity::prelude::*;

crate::table::table! {
    /// The rule files in force.
    rules, "rules" {
        key { authority_id: Uuid, stream_id: Uuid }
        regimes: String,
        policies: String,
    }
}

crate::table::table! {
    /// Units and sections.
    unit, "unit" {
        key { authority_id: Uuid, unit_id: Uuid }
        code: String,
        name: String,
        short_name: Option<String>,
        parent_id: Option<Uuid>,
        kind: Option<String>,
        head_id: Option<Uuid>,
        duty: Option<String>,
    }
}

crate::table::table! {
    /// The roster, without what nobody needs on a page.
    person, "person" {
        key { authority_id: Uuid, person_id: Uuid }
        number: String,
        name: String,
        unit_id: Uuid,
        section_id: Option<Uuid>,
        post: Option<String>,
        rank: Option<String>,
        staff_kind: String,
        post_type: String,
        joined: Option<String>,
        leader_id: Option<Uuid>,
        project_lead: bool,
    }
}

crate::table::table! {
    /// The indicator library.
    indicator, "indicator" {
        key { authority_id: Uuid, indicator_id: Uuid }
        code: String,
        name: String,
        dimension: String,
        weight: i64,
        post_type: String,
        source: String,
        words: String,
        formula: Option<String>,
    }
}

crate::table::table! {
    /// Batches on record.
    batch, "batch" {
        key { authority_id: Uuid, batch_id: Uuid }
        seq: i64,
        kind: String,
        file: String,
        sheet: Option<String>,
        digest: String,
        rows_digest: String,
        row_count: i64,
        skipped: i64,
        from_day: Option<String>,
        to_day: Option<String>,
        imported_at: i64,
        imported_by: Option<Uuid>,
    }
}

crate::table::table! {
    /// Accounts.
    account, "account" {
        key { authority_id: Uuid, account_id: Uuid }
        login: String,
        person_id: Option<Uuid>,
        name: Option<String>,
        locked_at: Option<i64>,
        password_at: Option<i64>,
        password_is_first: bool,
        second_factor_at: Option<i64>,
    }
}

crate::table::table! {
    /// Roles held; scope is a unit id or `*`.
    role_grant, "role_grant" {
        key { authority_id: Uuid, account_id: Uuid, role: String, scope: String }
    }
}

crate::table::table! {
    /// Cycles; survey_due is the last day of a survey that is not counted yet.
    cycle, "cycle" {
        key { authority_id: Uuid, cycle_id: Uuid }
        regime: String,
        kind: String,
        title: String,
        from_day: String,
        to_day: String,
        goals_due: String,
        scoring_due: String,
        grading_due: String,
        opened_at: i64,
        frozen_at: Option<i64>,
        closed_at: Option<i64>,
        survey_due: Option<String>,
    }
}

crate::table::table! {
    /// Appraisals, one line each.
    appraisal, "appraisal" {
        key { authority_id: Uuid, appraisal_id: Uuid }
        cycle_id: Uuid,
        person_id: Uuid,
        unit_id: Uuid,
        section_id: Option<Uuid>,
        post_type: String,
        stage: String,
        ungraded: Option<String>,
        goal_version: i64,
        missing_scores: i64,
        void_scores: i64,
        open_appeals: i64,
        appeals: i64,
        composite: Option<i64>,
        grade: Option<String>,
    }
}

crate::table::table! {
    /// Who has what to do with whose appraisal.
    duty, "duty" {
        key { authority_id: Uuid, appraisal_id: Uuid, person_id: Uuid, duty: String }
        cycle_id: Uuid,
        subject_id: Uuid,
    }
}

crate::table::table! {
    /// Tips that no open case took up.
    tip, "tip" {
        key { authority_id: Uuid, tip_id: Uuid }
        seq: i64,
        is_closed: bool,
    }
}

crate::table::table! {
    /// Whether somebody stays out of an appraisal, by the newest decision.
    recusal, "recusal" {
        key { authority_id: Uuid, appraisal_id: Uuid, person_id: Uuid }
        recused: bool,
    }
}

crate::table::table! {
    /// People from outside, each entered for one appraisal.
    third_party, "third_party" {
        key { authority_id: Uuid, person_id: Uuid }
        appraisal_id: Uuid,
        seq: i64,
    }
}

crate::table::table! {
    /// Files that an appraisal's record names: these are kept for good.
    citation, "citation" {
        key { authority_id: Uuid, appraisal_id: Uuid, digest: String }
    }
}

crate::table::table! {
    /// Qualitative scores, one line each.
    score, "score" {
        key { authority_id: Uuid, score_id: Uuid }
        appraisal_id: Uuid,
        cycle_id: Uuid,
        indicator: String,
        rater_id: Uuid,
        witness_id: Uuid,
        points: i64,
        standing: String,
        given_at: i64,
    }
}

crate::table::table! {
    /// Slates, one line each.
    slate, "slate" {
        key { authority_id: Uuid, slate_id: Uuid }
        cycle_id: Uuid,
        unit_id: Uuid,
        head_id: Option<Uuid>,
        members: i64,
        base: i64,
        quota: i64,
        proposed: i64,
        top_held: i64,
        stage: String,
    }
}

crate::table::table! {
    /// Notices, one line each.
    notice, "notice" {
        key { authority_id: Uuid, notice_id: Uuid }
        cycle_id: Uuid,
        slate_id: Uuid,
        unit_id: Uuid,
        lines: i64,
        posted_at: i64,
        until_day: String,
        objections: i64,
        open_objections: i64,
        closed_at: Option<i64>,
    }
}

crate::table::table! {
    /// Outcomes, one line each.
    outcome, "outcome" {
        key { authority_id: Uuid, outcome_id: Uuid }
        cycle_id: Uuid,
        appraisal_id: Uuid,
        person_id: Uuid,
        unit_id: Uuid,
        kind: String,
        grade: String,
        stage: String,
        recommended_by: Option<Uuid>,
        recommended_at: i64,
    }
}

crate::table::table! {
    /// Who was asked to declare and who has declared, one line a person.
    declaration, "declaration" {
        key { authority_id: Uuid, person_id: Uuid }
        unit_id: Option<Uuid>,
        asked_year: Option<i64>,
        due: Option<String>,
        declared_at: Option<i64>,
        waiting: bool,
    }
}

crate::table::table! {
    /// Findings, one line each. What they say is not in it.
    finding, "finding" {
        key { authority_id: Uuid, finding_id: Uuid }
        detector: String,
        level: String,
        finding_key: String,
        subject_id: Uuid,
        unit_id: Uuid,
        stage: String,
        assigned_id: Option<Uuid>,
        told_to_subject: bool,
        silenced_until: Option<String>,
        disposition: Option<String>,
        raised_at: i64,
        due: String,
        closed_at: Option<i64>,
    }
}

crate::table::table! {
    /// To-dos, one line each.
    todo, "todo" {
        key { authority_id: Uuid, stream_id: Uuid, todo_key: String }
        stream_kind: String,
        task: String,
        assignee: String,
        person_id: Option<Uuid>,
        hr_unit_id: Option<Uuid>,
        subject_id: Option<Uuid>,
        unit_id: Uuid,
        cycle_id: Option<Uuid>,
        due: Option<String>,
        not_before: Option<String>,
        escalated: bool,
    }
}

crate::table::table! {
    /// Looks at somebody's ties: when, with which account, and until when they show anything.
    look, "look" {
        key { authority_id: Uuid, look_id: Uuid }
        seq: i64,
        account_id: Option<Uuid>,
        at: i64,
        until_day: String,
    }
}
