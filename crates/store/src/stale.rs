//! Which scores new data has made stale. Nobody is asked to remember it: the record tells what came since the last time,
//! whoever brought it in and by whichever face.

use crate::{
    Error, Store,
    source::on_project,
    table::{truth::*, view},
};
use domain::{batch::Kind, cycle::Opened, event::Event, id::AppraisalId, import::Batch};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The name of this follower of the record.
const NAME: &str = "scores";
/// How many entries are looked through at a time.
const PAGE: u64 = 1000;

/// What has to be worked in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stale {
    /// Every entry before this one is accounted for.
    pub upto: u64,
    /// Whose quantitative values may have changed.
    pub appraisals: BTreeSet<AppraisalId>,
}

impl Store {
    /// What batches and newly opened cycles since the last [`Store::worked_in`] have made stale; none where the record has
    /// not grown.
    pub async fn stale(&self) -> Result<Option<Stale>, Error> {
        let from = follower::Entity::find_by_id((self.authority, NAME.to_owned())).one(&self.db).await?;
        let from = from.map_or(0, |row| row.seq as u64);
        let mut stale = Stale { upto: from, ..Stale::default() };
        loop {
            let page = entry::Entity::find()
                .filter(entry::Column::AuthorityId.eq(self.authority))
                .filter(entry::Column::Seq.gte(stale.upto as i64))
                .order_by_asc(entry::Column::Seq)
                .limit(PAGE)
                .select_only()
                .columns([entry::Column::Seq, entry::Column::Event])
                .into_tuple::<(i64, String)>()
                .all(&self.db)
                .await?;
            let Some((last, _)) = page.last() else { return Ok((stale.upto > from).then_some(stale)) };
            stale.upto = *last as u64 + 1;
            for (seq, event) in page {
                if event == "batch_imported" || event == "cycle_opened" {
                    self.stale_by(seq, &mut stale).await?;
                }
            }
        }
    }

    async fn stale_by(&self, seq: i64, stale: &mut Stale) -> Result<(), Error> {
        let Some(entry) = entry::Entity::find_by_id((self.authority, seq)).one(&self.db).await? else { return Ok(()) };
        let Some(recorded) = self.loader(&self.db).read(&[entry]).await?.pop() else { return Ok(()) };
        match recorded.event {
            Event::BatchImported(batch) => self.stale_by_batch(&batch, stale).await,
            Event::CycleOpened(opened) => self.stale_by_cycle(&opened, stale).await,
            _ => Ok(()),
        }
    }

    /// A new cycle takes in what was imported before it.
    async fn stale_by_cycle(&self, opened: &Opened, stale: &mut Stale) -> Result<(), Error> {
        let everyone = self.open_appraisals(view::appraisal::Column::CycleId.eq(opened.id.0)).await?;
        stale.appraisals.extend(everyone);
        Ok(())
    }

    async fn stale_by_batch(&self, batch: &Batch, stale: &mut Stale) -> Result<(), Error> {
        if !batch.kind.is_observation() {
            return Ok(());
        }
        let numbers: Vec<String> = self.people_of(batch).await?.into_iter().collect();
        for part in numbers.chunks(crate::source::CHUNK) {
            let people = view::person::Entity::find()
                .select_only()
                .column(view::person::Column::PersonId)
                .filter(view::person::Column::AuthorityId.eq(self.authority))
                .filter(view::person::Column::Number.is_in(part))
                .into_tuple::<Uuid>()
                .all(&self.db)
                .await?;
            stale.appraisals.extend(self.open_appraisals(view::appraisal::Column::PersonId.is_in(people)).await?);
        }
        Ok(())
    }

    /// The employee numbers of everyone whom a batch speaks of.
    async fn people_of(&self, batch: &Batch) -> Result<BTreeSet<String>, Error> {
        use batch_row::Column;
        let rows = batch_row::Entity::find()
            .filter(Column::AuthorityId.eq(self.authority))
            .filter(Column::BatchId.eq(batch.id.0));
        if batch.kind != Kind::Projects {
            let people = rows.select_only().column(Column::Person).distinct().into_tuple::<Option<String>>();
            return Ok(people.all(&self.db).await?.into_iter().flatten().collect());
        }
        let (mut people, mut last) = (BTreeSet::new(), 0);
        loop {
            let part = self.loader(&self.db).batch_rows(batch.id, last).await?;
            let Some(row) = part.last() else { return Ok(people) };
            last = row.number;
            people.extend(part.iter().flat_map(on_project).map(str::to_owned));
        }
    }

    /// Appraisals of cycles in which scoring is still open.
    async fn open_appraisals(&self, which: Expr) -> Result<Vec<AppraisalId>, Error> {
        let cycles = view::cycle::Entity::find()
            .select_only()
            .column(view::cycle::Column::CycleId)
            .filter(view::cycle::Column::AuthorityId.eq(self.authority))
            .filter(view::cycle::Column::FrozenAt.is_null())
            .into_tuple::<Uuid>()
            .all(&self.db)
            .await?;
        let appraisals = view::appraisal::Entity::find()
            .select_only()
            .column(view::appraisal::Column::AppraisalId)
            .filter(view::appraisal::Column::AuthorityId.eq(self.authority))
            .filter(view::appraisal::Column::CycleId.is_in(cycles))
            .filter(which)
            .into_tuple::<Uuid>()
            .all(&self.db)
            .await?;
        Ok(appraisals.into_iter().map(AppraisalId).collect())
    }

    /// All that was stale is worked in.
    pub async fn worked_in(&self, stale: &Stale) -> Result<(), Error> {
        let row = follower::ActiveModel {
            authority_id: Set(self.authority),
            name: Set(NAME.to_owned()),
            seq: Set(stale.upto as i64),
        };
        let keys = [follower::Column::AuthorityId, follower::Column::Name];
        let conflict = OnConflict::columns(keys).update_column(follower::Column::Seq).to_owned();
        follower::Entity::insert(row).on_conflict(conflict).exec_without_returning(&self.pen).await?;
        Ok(())
    }
}
