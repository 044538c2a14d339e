//! What an act needs to be decided.

use super::Loader;
use crate::{Error, attachment, record::Recorded, source, table::truth::*, table::view};
use domain::{
    account::Taken,
    act::{Act, Needs},
    actor::{By, Grant},
    batch::Kind,
    cycle::Office,
    decide::Case,
    event::{Event, Stream, StreamKind},
    id::*,
    import::Batch,
    outcome::Outcome,
    progress::Attachment,
    roster::{Erasure, Person, Roster},
    third_party::ThirdParty,
};
use jiff::{ToSpan, civil::Date};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

impl<C: ConnectionTrait> Loader<'_, C> {
    /// Everything that an act needs.
    pub(crate) async fn case(&self, act: &Act, by: By) -> Result<Case, Error> {
        let needs = act.needs();
        let mut case = Case { people: self.people(needs.people.iter().copied()).await?, ..Case::default() };
        if let Some(subject) = needs.subject {
            self.subject(subject, &mut case).await?;
        }
        if let Some(id) = needs.appraisal {
            case.appraisal = self.appraisal(id).await?;
        }
        if needs.office {
            case.office = self.office(act).await?;
        }
        if let Act::EraseSubject { person, .. } | Act::OpenAccount { person: Some(person), .. } = act
            && case.people.people.is_empty()
        {
            case.third_party = self.third_party(*person).await?;
        }
        if let Act::EraseSubject { person, .. } = act {
            case.erasure = match (case.people.people.get(person), &case.third_party) {
                (Some(person), _) => self.erasure(person).await?,
                (None, Some((appraisal, third))) => self.erasure_of_third(*appraisal, third).await?,
                (None, None) => Erasure::default(),
            };
        }
        if needs.findings {
            (case.found, case.inspectors) = (self.found().await?, self.inspectors().await?);
        }
        if needs.asked {
            case.asked = self.asked().await?;
        }
        if let Act::OpenAccount { login, person, .. } = act {
            case.taken = self.taken(login, *person).await?;
        }
        if let Act::GrantRole { grant: Grant { unit: Some(unit), .. }, .. } = act
            && let Some(Recorded { event: Event::UnitEntered(known), .. }) = self.record((*unit).into()).await?.last()
        {
            case.people.units.insert(*unit, known.clone());
        }
        if let Act::CloseTip { .. } = act {
            // Whether it names whoever closes it.
            case.people = self.people(by.person).await?;
        }
        if let Act::ImportBatch { batch } = act {
            case.laid = self.laid(batch.id).await?;
            if needs.office {
                case.rows = self.register_rows(batch.id).await?;
            }
        }
        if let Act::RecommendOutcome { appraisal, .. } = act {
            case.outcomes = self.outcomes(*appraisal).await?;
        }
        self.around(act, &needs, &mut case).await?;
        case.stored = self.stored(act, by).await?;
        Ok(case)
    }

    async fn subject(&self, subject: Stream, case: &mut Case) -> Result<(), Error> {
        match subject.kind {
            StreamKind::Appraisal => case.appraisal = self.appraisal(AppraisalId(subject.id)).await?,
            StreamKind::Slate => case.slate = self.slate(SlateId(subject.id)).await?,
            StreamKind::Notice => case.notice = self.notice(NoticeId(subject.id)).await?,
            StreamKind::Outcome => case.outcome = self.outcome(OutcomeId(subject.id)).await?,
            StreamKind::Account => case.account = self.account(AccountId(subject.id)).await?,
            StreamKind::Cycle => case.cycle = self.cycle(CycleId(subject.id)).await?,
            StreamKind::Tip => case.tip = self.tip(TipId(subject.id)).await?,
            StreamKind::Finding => case.finding = self.finding(FindingId(subject.id)).await?,
            StreamKind::Declaration => case.declaration = Some(self.declaration(PersonId(subject.id)).await?),
            StreamKind::Rules => {
                if let Some(Recorded { event: Event::RulesRecorded { regimes, policies }, .. }) =
                    self.record(subject).await?.last()
                {
                    case.rules = Some((regimes.clone(), policies.clone()));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// What stands around the subject: its cycle, its slate, the people and data about it.
    async fn around(&self, act: &Act, needs: &Needs, case: &mut Case) -> Result<(), Error> {
        if let Some(notice) = &case.notice {
            case.slate = self.slate(notice.posted.slate).await?;
        }
        if let Some(outcome) = &case.outcome {
            case.appraisal = self.appraisal(outcome.recommended.appraisal).await?;
        }
        let cycle = case
            .appraisal
            .as_ref()
            .map(|appraisal| appraisal.opened.cycle)
            .or_else(|| case.slate.as_ref().map(|slate| slate.opened.cycle));
        if let Some(cycle) = cycle {
            case.cycle = self.cycle(cycle).await?;
        }
        if matches!(act, Act::ChangeParticipation { .. })
            && let Some(appraisal) = &case.appraisal
        {
            let slate = view::slate::Entity::find()
                .filter(view::slate::Column::AuthorityId.eq(self.authority))
                .filter(view::slate::Column::CycleId.eq(appraisal.opened.cycle.0))
                .filter(view::slate::Column::UnitId.eq(appraisal.opened.unit.0))
                .one(self.tables()?)
                .await?;
            if let Some(slate) = slate {
                case.slate = self.slate(SlateId(slate.slate_id)).await?;
            }
        }
        if let Some(appraisal) = &case.appraisal {
            let subject = self.people([appraisal.opened.person]).await?;
            case.people.people.extend(subject.people);
        }
        if needs.everyone
            && let Some(slate) = &case.slate
        {
            for member in &slate.members {
                case.everyone.extend(self.appraisal(member.appraisal).await?);
            }
        } else if needs.everyone
            && let Some(cycle) = &case.cycle
        {
            case.everyone = self.everyone(cycle.opened.id).await?;
        }
        if let (Some(appraisal), Some(cycle)) = (&case.appraisal, &case.cycle)
            && let Some(person) = case.people.people.get(&appraisal.opened.person)
        {
            let number = person.number.clone();
            if needs.observations {
                case.observed = self.observations(cycle, &number).await?;
            }
            if needs.sheets {
                let about = sea_orm::Condition::all().add(batch_row::Column::Person.eq(number));
                case.observed = self.observed(Kind::PaperScores, about).await?;
                case.people = self.roster().await?;
            }
        }
        Ok(())
    }

    pub(crate) async fn office(&self, act: &Act) -> Result<Office, Error> {
        let mut office = Office { roster: self.roster().await?, library: self.library().await?, ..Office::default() };
        if let Act::OpenCycle { cycle } = act {
            office.paper = self
                .observed(Kind::PaperScores, sea_orm::Condition::all())
                .await?
                .into_iter()
                .map(|observed| observed.row)
                .collect();
            office.leave = self.leave(&office.roster, cycle.from, cycle.to).await?;
            office.cycles = view::cycle::Entity::find()
                .filter(view::cycle::Column::AuthorityId.eq(self.authority))
                .all(self.tables()?)
                .await?
                .into_iter()
                .map(|cycle| cycle.title)
                .collect();
        }
        Ok(office)
    }

    /// Working days on leave by person. Why somebody is away is sealed, so every row is opened: a week at a time.
    async fn leave(&self, roster: &Roster, from: Date, to: Date) -> Result<BTreeMap<PersonId, u32>, Error> {
        use batch_row::Column;
        let ids: BTreeMap<&str, PersonId> =
            roster.people.values().map(|person| (person.number.as_str(), person.id)).collect();
        let (mut leave, mut monday) = (BTreeMap::new(), from);
        while monday <= to {
            let next = monday.saturating_add(7.days());
            let week = sea_orm::Condition::all()
                .add(Column::Day.gte(monday.to_string()))
                .add(Column::Day.lt(next.min(to.saturating_add(1.day())).to_string()));
            for observed in self.observed(Kind::Attendance, week).await? {
                let away = observed.row.fields.get("leave").is_some_and(|leave| leave == "1");
                if let Some(id) = observed.row.person.as_deref().filter(|_| away).and_then(|number| ids.get(number)) {
                    *leave.entry(*id).or_default() += 1;
                }
            }
            monday = next;
        }
        Ok(leave)
    }

    /// What stands against erasing a person, and the keys that open what is told of them: their own, those of source data
    /// under their employee number and their identity number, and those of files that nobody else's appraisal names.
    async fn erasure(&self, person: &Person) -> Result<Erasure, Error> {
        use view::{appraisal, citation, cycle};
        let sheets: Vec<(Uuid, Uuid)> = appraisal::Entity::find()
            .select_only()
            .columns([appraisal::Column::AppraisalId, appraisal::Column::CycleId])
            .filter(appraisal::Column::AuthorityId.eq(self.authority))
            .filter(appraisal::Column::PersonId.eq(person.id.0))
            .into_tuple()
            .all(self.tables()?)
            .await?;
        let open_cycles = cycle::Entity::find()
            .select_only()
            .column(cycle::Column::Title)
            .filter(cycle::Column::AuthorityId.eq(self.authority))
            .filter(cycle::Column::CycleId.is_in(sheets.iter().map(|(_, cycle)| *cycle)))
            .filter(cycle::Column::ClosedAt.is_null())
            .into_tuple()
            .all(self.tables()?)
            .await?;
        let own: BTreeSet<Uuid> = sheets.into_iter().map(|(sheet, _)| sheet).collect();
        let mut subjects = vec![person.id.0, source::subject_of_number(self.keys, &person.number)];
        subjects.extend(person.id_number.as_deref().map(|number| source::subject_of_id_number(self.keys, number)));
        let cited = citation::Entity::find()
            .filter(citation::Column::AuthorityId.eq(self.authority))
            .filter(citation::Column::AppraisalId.is_in(own.iter().copied()));
        for file in cited.all(self.tables()?).await? {
            let others = citation::Entity::find()
                .filter(citation::Column::AuthorityId.eq(self.authority))
                .filter(citation::Column::Digest.eq(&file.digest))
                .all(self.tables()?)
                .await?;
            if others.iter().all(|other| own.contains(&other.appraisal_id)) {
                subjects.push(attachment::subject(self.keys, &file.digest));
            }
        }
        Ok(Erasure { open_cycles, keys: self.keys.undestroyed(self.db, &subjects).await? })
    }

    /// The same of somebody from outside. What they scored is read as long as the cycle runs.
    async fn erasure_of_third(&self, appraisal: AppraisalId, third: &ThirdParty) -> Result<Erasure, Error> {
        let sheet = self.appraisal(appraisal).await?;
        let cycle = match &sheet {
            Some(sheet) => self.cycle(sheet.opened.cycle).await?,
            None => None,
        };
        let open = cycle.filter(|cycle| cycle.closed.is_none());
        let mut subjects = vec![third.id.0];
        subjects.extend(third.id_number.as_deref().map(|number| source::subject_of_id_number(self.keys, number)));
        Ok(Erasure {
            open_cycles: open.iter().map(|cycle| cycle.opened.title.clone()).collect(),
            keys: self.keys.undestroyed(self.db, &subjects).await?,
        })
    }

    /// Outcomes that were recommended from an appraisal.
    async fn outcomes(&self, appraisal: AppraisalId) -> Result<Vec<Outcome>, Error> {
        let shown = view::outcome::Entity::find()
            .filter(view::outcome::Column::AuthorityId.eq(self.authority))
            .filter(view::outcome::Column::AppraisalId.eq(appraisal.0))
            .all(self.tables()?)
            .await?;
        let mut outcomes = Vec::new();
        for row in shown {
            outcomes.extend(self.outcome(OutcomeId(row.outcome_id)).await?);
        }
        Ok(outcomes)
    }

    /// For which year everybody was asked to declare last.
    async fn asked(&self) -> Result<BTreeMap<PersonId, i16>, Error> {
        use view::declaration::{Column, Entity};
        let asked = Entity::find()
            .select_only()
            .columns([Column::PersonId, Column::AskedYear])
            .filter(Column::AuthorityId.eq(self.authority))
            .filter(Column::AskedYear.is_not_null());
        let asked = asked.into_tuple::<(Uuid, i64)>().all(self.tables()?).await?;
        Ok(asked.into_iter().filter_map(|(person, year)| Some((PersonId(person), year.try_into().ok()?))).collect())
    }

    /// The keys of everything that was found before.
    pub(crate) async fn found(&self) -> Result<BTreeSet<String>, Error> {
        use view::finding::{Column, Entity};
        let found =
            Entity::find().select_only().column(Column::FindingKey).filter(Column::AuthorityId.eq(self.authority));
        Ok(found.into_tuple::<String>().all(self.tables()?).await?.into_iter().collect())
    }

    /// Somebody from outside, and the appraisal they were entered for.
    async fn third_party(&self, person: PersonId) -> Result<Option<(AppraisalId, ThirdParty)>, Error> {
        let found = view::third_party::Entity::find_by_id((self.authority, person.0)).one(self.tables()?).await?;
        let Some(id) = found.map(|row| AppraisalId(row.appraisal_id)) else { return Ok(None) };
        let sheet = self.appraisal(id).await?;
        Ok(sheet.and_then(|sheet| sheet.third_party(person).cloned()).map(|third| (id, third)))
    }

    /// A batch that waits with all its rows to go on record.
    async fn laid(&self, batch: BatchId) -> Result<Option<Batch>, Error> {
        let laid = laid_batch::Entity::find_by_id((self.authority, batch.0)).one(self.db).await?;
        let Some(sealed) = laid.and_then(|laid| laid.batch) else { return Ok(None) };
        if self.is_on_record(batch).await? {
            return Ok(None);
        }
        let text = self.keys.open_one(self.db, batch.0, source::place_of_laid(&batch.to_string()), &sealed).await?;
        text.map(|text| Ok(serde_json::from_slice(&text)?)).transpose()
    }

    /// Whether a login or a person has an account.
    async fn taken(&self, login: &str, person: Option<PersonId>) -> Result<Taken, Error> {
        use view::account::Column;
        let find = || view::account::Entity::find().filter(Column::AuthorityId.eq(self.authority));
        let login = find().filter(Column::Login.eq(login)).one(self.tables()?).await?.is_some();
        let person = match person {
            Some(id) => find().filter(Column::PersonId.eq(id.0)).one(self.tables()?).await?.is_some(),
            None => false,
        };
        Ok(Taken { login, person })
    }

    /// The files an act names, as they were kept, as far as who acts handed them in.
    async fn stored(&self, act: &Act, by: By) -> Result<Vec<Attachment>, Error> {
        let Some(account) = by.account else { return Ok(Vec::new()) };
        let mut stored = Vec::new();
        for wanted in act.attachments() {
            let kept = self.handed_in(account, &wanted.digest).await?;
            stored.extend(kept.map(|kept| Attachment { name: wanted.name.clone(), ..kept }));
        }
        Ok(stored)
    }
}
