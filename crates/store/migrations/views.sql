-- Views of the record: every row here is folded from events and can be thrown away and made again.
-- `mingjing audit` does that and names each row that differs.

CREATE TABLE rules (
    authority_id UUID NOT NULL,
    stream_id UUID NOT NULL,
    regimes TEXT NOT NULL,
    policies TEXT NOT NULL,
    PRIMARY KEY (authority_id, stream_id)
);

CREATE TABLE unit (
    authority_id UUID NOT NULL,
    unit_id UUID NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    short_name TEXT,
    parent_id UUID,
    kind TEXT,
    head_id UUID,
    duty TEXT,
    PRIMARY KEY (authority_id, unit_id),
    UNIQUE (authority_id, code)
);

CREATE TABLE person (
    authority_id UUID NOT NULL,
    person_id UUID NOT NULL,
    number TEXT NOT NULL,
    name TEXT NOT NULL,
    unit_id UUID NOT NULL,
    section_id UUID,
    post TEXT,
    rank TEXT,
    staff_kind TEXT NOT NULL,
    post_type TEXT NOT NULL,
    joined TEXT,
    leader_id UUID,
    project_lead BOOLEAN NOT NULL,
    PRIMARY KEY (authority_id, person_id),
    UNIQUE (authority_id, number)
);
CREATE INDEX person_unit ON person (authority_id, unit_id);

CREATE TABLE indicator (
    authority_id UUID NOT NULL,
    indicator_id UUID NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    dimension TEXT NOT NULL CHECK (dimension IN ('virtue', 'ability', 'diligence', 'achievement', 'integrity')),
    weight BIGINT NOT NULL,
    post_type TEXT NOT NULL,
    source TEXT NOT NULL,
    words TEXT NOT NULL,
    formula TEXT,
    PRIMARY KEY (authority_id, indicator_id),
    UNIQUE (authority_id, code)
);

CREATE TABLE batch (
    authority_id UUID NOT NULL,
    batch_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    file TEXT NOT NULL,
    sheet TEXT,
    digest TEXT NOT NULL,
    rows_digest TEXT NOT NULL,
    row_count BIGINT NOT NULL,
    skipped BIGINT NOT NULL,
    from_day TEXT,
    to_day TEXT,
    imported_at BIGINT NOT NULL,
    imported_by UUID,
    PRIMARY KEY (authority_id, batch_id)
);

CREATE TABLE account (
    authority_id UUID NOT NULL,
    account_id UUID NOT NULL,
    login TEXT NOT NULL,
    person_id UUID,
    name TEXT,
    locked_at BIGINT,
    password_at BIGINT,
    password_is_first BOOLEAN NOT NULL,
    second_factor_at BIGINT,
    PRIMARY KEY (authority_id, account_id),
    UNIQUE (authority_id, login)
);
CREATE INDEX account_person ON account (authority_id, person_id);

CREATE TABLE role_grant (
    authority_id UUID NOT NULL,
    account_id UUID NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('hr_officer', 'inspector', 'approver', 'system_admin', 'security_admin', 'audit_admin')),
    scope TEXT NOT NULL,
    PRIMARY KEY (authority_id, account_id, role, scope)
);

CREATE TABLE cycle (
    authority_id UUID NOT NULL,
    cycle_id UUID NOT NULL,
    regime TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('routine', 'annual', 'special', 'tenure')),
    title TEXT NOT NULL,
    from_day TEXT NOT NULL,
    to_day TEXT NOT NULL,
    goals_due TEXT NOT NULL,
    scoring_due TEXT NOT NULL,
    grading_due TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    frozen_at BIGINT,
    closed_at BIGINT,
    survey_due TEXT,
    PRIMARY KEY (authority_id, cycle_id)
);

CREATE TABLE appraisal (
    authority_id UUID NOT NULL,
    appraisal_id UUID NOT NULL,
    cycle_id UUID NOT NULL,
    person_id UUID NOT NULL,
    unit_id UUID NOT NULL,
    section_id UUID,
    post_type TEXT NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('goals', 'working', 'scoring', 'reviewed', 'scored', 'graded', 'signed', 'ungraded')),
    ungraded TEXT CHECK (ungraded IN ('probation', 'long_leave', 'investigation', 'appraised_elsewhere')),
    goal_version BIGINT NOT NULL,
    missing_scores BIGINT NOT NULL,
    void_scores BIGINT NOT NULL,
    open_appeals BIGINT NOT NULL,
    appeals BIGINT NOT NULL,
    composite BIGINT,
    grade TEXT,
    PRIMARY KEY (authority_id, appraisal_id),
    UNIQUE (authority_id, cycle_id, person_id)
);
CREATE INDEX appraisal_person ON appraisal (authority_id, person_id);
CREATE INDEX appraisal_unit ON appraisal (authority_id, cycle_id, unit_id);

-- Who has what to do with whose appraisal.
CREATE TABLE duty (
    authority_id UUID NOT NULL,
    appraisal_id UUID NOT NULL,
    person_id UUID NOT NULL,
    duty TEXT NOT NULL CHECK (duty IN ('lead', 'assess', 'witness', 'endorse', 'confirm', 'decide')),
    cycle_id UUID NOT NULL,
    subject_id UUID NOT NULL,
    PRIMARY KEY (authority_id, appraisal_id, person_id, duty)
);
CREATE INDEX duty_person ON duty (authority_id, person_id, cycle_id);

-- Tips that no open case took up, for the inspector; their words are in the record.
CREATE TABLE tip (
    authority_id UUID NOT NULL,
    tip_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    is_closed BOOLEAN NOT NULL,
    PRIMARY KEY (authority_id, tip_id)
);

-- Of whom it was decided whether they stay out of an appraisal: the newest decision.
CREATE TABLE recusal (
    authority_id UUID NOT NULL,
    appraisal_id UUID NOT NULL,
    person_id UUID NOT NULL,
    recused BOOLEAN NOT NULL,
    PRIMARY KEY (authority_id, appraisal_id, person_id)
);
CREATE INDEX recusal_person ON recusal (authority_id, person_id);

-- People from outside, each entered for one appraisal; their words are in the entry at seq.
CREATE TABLE third_party (
    authority_id UUID NOT NULL,
    person_id UUID NOT NULL,
    appraisal_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (authority_id, person_id)
);
CREATE INDEX third_party_appraisal ON third_party (authority_id, appraisal_id);

CREATE TABLE citation (
    authority_id UUID NOT NULL,
    appraisal_id UUID NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (authority_id, appraisal_id, digest)
);
CREATE INDEX citation_digest ON citation (authority_id, digest);

CREATE TABLE score (
    authority_id UUID NOT NULL,
    score_id UUID NOT NULL,
    appraisal_id UUID NOT NULL,
    cycle_id UUID NOT NULL,
    indicator TEXT NOT NULL,
    rater_id UUID NOT NULL,
    witness_id UUID NOT NULL,
    points BIGINT NOT NULL,
    standing TEXT NOT NULL CHECK (standing IN ('valid', 'unconfirmed', 'denied', 'returned', 'replaced')),
    given_at BIGINT NOT NULL,
    PRIMARY KEY (authority_id, score_id)
);
CREATE INDEX score_appraisal ON score (authority_id, appraisal_id);

CREATE TABLE slate (
    authority_id UUID NOT NULL,
    slate_id UUID NOT NULL,
    cycle_id UUID NOT NULL,
    unit_id UUID NOT NULL,
    head_id UUID,
    members BIGINT NOT NULL,
    base BIGINT NOT NULL,
    quota BIGINT NOT NULL,
    proposed BIGINT NOT NULL,
    top_held BIGINT NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('proposing', 'submitted', 'reviewed', 'published', 'ended', 'fixed')),
    PRIMARY KEY (authority_id, slate_id),
    UNIQUE (authority_id, cycle_id, unit_id)
);

CREATE TABLE notice (
    authority_id UUID NOT NULL,
    notice_id UUID NOT NULL,
    cycle_id UUID NOT NULL,
    slate_id UUID NOT NULL,
    unit_id UUID NOT NULL,
    lines BIGINT NOT NULL,
    posted_at BIGINT NOT NULL,
    until_day TEXT NOT NULL,
    objections BIGINT NOT NULL,
    open_objections BIGINT NOT NULL,
    closed_at BIGINT,
    PRIMARY KEY (authority_id, notice_id)
);
CREATE INDEX notice_unit ON notice (authority_id, unit_id);

CREATE TABLE outcome (
    authority_id UUID NOT NULL,
    outcome_id UUID NOT NULL,
    cycle_id UUID NOT NULL,
    appraisal_id UUID NOT NULL,
    person_id UUID NOT NULL,
    unit_id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('promotion', 'reward', 'training')),
    grade TEXT NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('recommended', 'reviewed', 'approved', 'declined')),
    recommended_by UUID,
    recommended_at BIGINT NOT NULL,
    PRIMARY KEY (authority_id, outcome_id)
);
CREATE INDEX outcome_person ON outcome (authority_id, person_id);

CREATE TABLE declaration (
    authority_id UUID NOT NULL,
    person_id UUID NOT NULL,
    unit_id UUID,
    asked_year BIGINT,
    due TEXT,
    declared_at BIGINT,
    waiting BOOLEAN NOT NULL,
    PRIMARY KEY (authority_id, person_id)
);

CREATE TABLE finding (
    authority_id UUID NOT NULL,
    finding_id UUID NOT NULL,
    detector TEXT NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('rule', 'alert', 'watch')),
    finding_key TEXT NOT NULL,
    subject_id UUID NOT NULL,
    unit_id UUID NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('raised', 'assigned', 'asked', 'answered', 'silenced', 'closed')),
    assigned_id UUID,
    told_to_subject BOOLEAN NOT NULL,
    silenced_until TEXT,
    disposition TEXT CHECK (disposition IN ('confirmed', 'corrected', 'explained', 'unfounded')),
    raised_at BIGINT NOT NULL,
    due TEXT NOT NULL,
    closed_at BIGINT,
    PRIMARY KEY (authority_id, finding_id)
);
CREATE UNIQUE INDEX finding_once ON finding (authority_id, finding_key);
CREATE INDEX finding_subject ON finding (authority_id, subject_id);

CREATE TABLE todo (
    authority_id UUID NOT NULL,
    stream_kind TEXT NOT NULL,
    stream_id UUID NOT NULL,
    todo_key TEXT NOT NULL,
    task TEXT NOT NULL,
    assignee TEXT NOT NULL CHECK (assignee IN ('person', 'hr', 'approver', 'inspector')),
    person_id UUID,
    hr_unit_id UUID,
    subject_id UUID,
    unit_id UUID NOT NULL,
    cycle_id UUID,
    due TEXT,
    not_before TEXT,
    escalated BOOLEAN NOT NULL,
    PRIMARY KEY (authority_id, stream_id, todo_key)
);
CREATE INDEX todo_person ON todo (authority_id, person_id, due);
CREATE INDEX todo_role ON todo (authority_id, assignee, hr_unit_id, due);
CREATE INDEX todo_due ON todo (authority_id, escalated, due);

-- An inspector's look at somebody's ties. With whom, and whom else it concerned, stands in no table: who is named together would
-- be known to be tied.
CREATE TABLE look (
    authority_id UUID NOT NULL,
    look_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    account_id UUID,
    at BIGINT NOT NULL,
    until_day TEXT NOT NULL,
    PRIMARY KEY (authority_id, look_id)
);
CREATE INDEX look_seq ON look (authority_id, seq);
CREATE INDEX look_account ON look (authority_id, account_id, seq);
