//! The record by aggregate: entries against what they say of themselves, the state they make, and the rows that show it.

use super::{Kind, PAGE, Report, keys, rows};
use crate::{
    Error,
    append::cycle_of,
    keyring::{Held, Keyring},
    load::{Loader, fold_cycle},
    record::{self, Body, Recorded},
    seal::KeyId,
    table::truth::entry,
    view::{self, Row},
};
use domain::{
    act::Act,
    cycle::Cycle,
    event::{Event, Stream, StreamKind},
    id::{AccountId, CycleId},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    ops::Range,
    sync::Arc,
};
use uuid::Uuid;

/// Every aggregate, whole pages of them at a time. Entries outside `places` are folded like others, but were named where
/// the tree was grown or are not asked about.
pub(super) async fn audit<C: ConnectionTrait>(
    loader: &Loader<'_, C>,
    places: Range<u64>,
    report: &mut Report,
    progress: &mut impl FnMut((u64, u64)),
) -> Result<(), Error> {
    let (cycles, signers) = (Arc::new(cycles(loader).await?), Arc::new(Signers::of(loader).await?));
    let (mut rest, mut next, mut done, mut compared) = (Vec::new(), read(loader, None).await?, report.entries, 0);
    while !next.is_empty() {
        done += next.len() as u64;
        let after = next.last().filter(|_| next.len() as u64 == PAGE).map(|last| (last.stream_id, last.seq));
        let mut page: Vec<entry::Model> = std::mem::take(&mut rest);
        page.append(&mut next);
        if let Some((last, _)) = after {
            // The last one may go on.
            rest = page.split_off(page.partition_point(|entry| entry.stream_id != last));
        }
        let found = loader.keys.opening(loader.db, page.iter().filter_map(record::key_of)).await?;
        let task = Page {
            authority: loader.authority,
            keyring: loader.keys.clone(),
            keys: found,
            cycles: cycles.clone(),
            signers: signers.clone(),
        };
        let owners = owners(&page);
        let telling = tokio::task::spawn_blocking(move || task.told(&page));
        let beside = async {
            let mut shown = Vec::new();
            for (kind, owners) in &owners {
                shown.extend(view::shown(loader.db, loader.authority, *kind, owners).await?);
            }
            let next = match after {
                Some(after) => read(loader, Some(after)).await?,
                None => Vec::new(),
            };
            Ok::<_, Error>((shown, next))
        };
        let (told, beside) = tokio::join!(telling, beside);
        let (told, shown) = (told.map_err(|_| Error::Stopping)?, beside?);
        next = shown.1;
        for seq in told.unsound.into_iter().filter(|seq| places.contains(seq)) {
            report.entry_changed(seq);
        }
        compared += shown.0.len() as u64;
        compare(told.rows, shown.0, report);
        keys::missing(loader, told.lost, report).await?;
        rows::audit(loader, &told.with_data, report).await?;
        progress((done, 2 * report.entries));
    }
    if view::count(loader.db, loader.authority).await? > compared {
        for stray in view::strays(loader.db, loader.authority).await? {
            let (table, key) = stray.key();
            report.stray(table, key);
        }
    }
    Ok(())
}

/// The cycles: what hangs on one is shown with it. There are few of them.
async fn cycles<C: ConnectionTrait>(loader: &Loader<'_, C>) -> Result<BTreeMap<CycleId, Cycle>, Error> {
    let ids = entry::Entity::find()
        .select_only()
        .column(entry::Column::StreamId)
        .distinct()
        .filter(entry::Column::AuthorityId.eq(loader.authority))
        .filter(entry::Column::StreamKind.eq(StreamKind::Cycle.as_str()));
    let mut cycles = BTreeMap::new();
    for id in ids.into_tuple::<Uuid>().all(loader.db).await?.into_iter().map(CycleId) {
        // One whose record can't be read is named when its entries are.
        let folded = loader.record(id.into()).await.ok().and_then(|record| fold_cycle(&record));
        cycles.extend(folded.map(|cycle| (id, cycle)));
    }
    Ok(cycles)
}

/// A page of entries, aggregate by aggregate.
async fn read<C: ConnectionTrait>(
    loader: &Loader<'_, C>,
    after: Option<(Uuid, i64)>,
) -> Result<Vec<entry::Model>, Error> {
    use entry::Column::{AuthorityId, Seq, StreamId};
    let mut find = entry::Entity::find().filter(AuthorityId.eq(loader.authority));
    if let Some((stream, seq)) = after {
        let place = Expr::tuple([Expr::col(StreamId), Expr::col(Seq)]);
        find = find.filter(place.gt(Expr::tuple([Expr::val(stream), Expr::val(seq)])));
    }
    Ok(find.order_by_asc(StreamId).order_by_asc(Seq).limit(PAGE).all(loader.db).await?)
}

/// The aggregates of a page, by kind.
fn owners(page: &[entry::Model]) -> BTreeMap<StreamKind, Vec<Uuid>> {
    let mut owners: BTreeMap<StreamKind, Vec<Uuid>> = BTreeMap::new();
    for entry in page {
        let Some(kind) = record::stream_kind(&entry.stream_kind) else { continue };
        let known = owners.entry(kind).or_default();
        if known.last() != Some(&entry.stream_id) {
            known.push(entry.stream_id);
        }
    }
    owners
}

/// Which accounts signed with which keys, each from the place where it was enrolled or retired on.
#[derive(Default)]
struct Signers(HashMap<AccountId, Vec<(u64, Option<String>)>>);

impl Signers {
    async fn of<C: ConnectionTrait>(loader: &Loader<'_, C>) -> Result<Self, Error> {
        use entry::Column;
        let told = entry::Entity::find()
            .filter(Column::AuthorityId.eq(loader.authority))
            .filter(Column::StreamKind.eq(StreamKind::Account.as_str()))
            .filter(Column::Event.is_in(["signing_key_enrolled", "signing_key_retired"]))
            .order_by_asc(Column::Seq);
        let mut signers = Signers::default();
        for entry in told.all(loader.db).await? {
            // One that can't be read is named when its account is.
            let Ok([recorded]) = <[_; 1]>::try_from(loader.read(&[entry]).await.unwrap_or_default()) else { continue };
            let key = match recorded.event {
                Event::SigningKeyEnrolled { key } => Some(key),
                _ => None,
            };
            signers.0.entry(AccountId(recorded.stream.id)).or_default().push((recorded.seq, key));
        }
        Ok(signers)
    }

    /// Whether an entry is signed by who should have signed it, and by nobody else.
    fn allow(&self, recorded: &Recorded) -> bool {
        let signed = recorded.signed.as_ref().map(|signed| signed.key.as_str());
        if let Event::SigningKeyEnrolled { key } = &recorded.event {
            return signed == Some(key);
        }
        let keys = recorded.stamp.by.account.and_then(|account| self.0.get(&account));
        let last = keys.and_then(|keys| keys.iter().rev().find(|(from, _)| *from < recorded.seq));
        let in_force = last.and_then(|(_, key)| key.as_deref());
        signed == in_force.filter(|_| Act::is_signed(&recorded.act))
    }
}

/// What is needed to read a page without the database.
struct Page {
    authority: Uuid,
    keyring: Keyring,
    keys: HashMap<KeyId, Held>,
    cycles: Arc<BTreeMap<CycleId, Cycle>>,
    signers: Arc<Signers>,
}

/// What a page of entries tells.
#[derive(Default)]
struct Told {
    /// Places of entries that do not say what their columns and their commitment say.
    unsound: Vec<u64>,
    rows: HashSet<Row>,
    /// Whose key is missing.
    lost: BTreeSet<Uuid>,
    /// Entries that stand for rows of source data or for files.
    with_data: Vec<Recorded>,
}

impl Page {
    fn told(&self, page: &[entry::Model]) -> Told {
        let mut told = Told::default();
        for entries in page.chunk_by(|one, other| one.stream_id == other.stream_id) {
            // A person and what they declare share an id.
            let kinds: BTreeSet<&str> = entries.iter().map(|entry| entry.stream_kind.as_str()).collect();
            for kind in kinds {
                self.aggregate(kind, entries.iter().filter(|entry| entry.stream_kind == kind), &mut told);
            }
        }
        told
    }

    fn aggregate<'a>(&self, kind: &str, entries: impl Iterator<Item = &'a entry::Model>, told: &mut Told) {
        let (mut record, mut whole, mut id) = (Vec::new(), true, Uuid::nil());
        for entry in entries {
            id = entry.stream_id;
            match self.read(entry) {
                Ok((recorded, sound)) => {
                    told.unsound.extend((!sound).then_some(entry.seq as u64));
                    record.push(recorded);
                }
                Err(_) => {
                    let key = record::key_of(entry).filter(|key| !matches!(self.keys.get(key), Some(Held::Key(_))));
                    told.lost.extend(key.map(|key| key.subject));
                    told.unsound.push(entry.seq as u64);
                    whole = false;
                }
            }
        }
        let kind = record::stream_kind(kind).filter(|_| whole);
        let cycle = cycle_of(&record).and_then(|id| self.cycles.get(&id));
        if let Some(kind) = kind {
            told.rows.extend(view::rows(self.authority, Stream { kind, id }, &record, cycle));
        }
        let with_data =
            |recorded: &Recorded| matches!(recorded.event, Event::BatchImported(_) | Event::ProgressReported(_));
        told.with_data.extend(record.into_iter().filter(|recorded| whole && with_data(recorded)));
    }

    /// An entry, and whether it says what its columns and its commitment say.
    fn read(&self, entry: &entry::Model) -> Result<(Recorded, bool), Error> {
        let words = record::words(entry, &self.keyring, &self.keys)?;
        let body = Body::of(entry)?;
        let committed = match (&body.sealed, &entry.sealed) {
            // Words that were erased leave the commitment, and the cipher that nothing opens.
            (Some(_), Some(_)) if words.is_none() => true,
            (said, _) => *said == words.as_ref().map(|words| hex::encode(words.commitment())),
        };
        let origin = body.act.id == entry.act_id && body.authority == self.authority;
        let signed = body.signature_holds(words.as_ref());
        let recorded = body.told(entry, words.as_ref())?;
        let columns = recorded.stream.id == entry.stream_id
            && recorded.stream.kind.as_str() == entry.stream_kind
            && recorded.stamp.at.as_microsecond() == entry.at
            && recorded.stamp.by.account.map(|id| id.0) == entry.account_id
            && recorded.stamp.by.person.map(|id| id.0) == entry.person_id
            && recorded.act == entry.act
            && recorded.event.name() == entry.event;
        let signed = signed && self.signers.allow(&recorded);
        Ok((recorded, committed && origin && columns && signed))
    }
}

/// The rows that entries make, against those that are there.
fn compare(mut told: HashSet<Row>, shown: Vec<Row>, report: &mut Report) {
    report.rows += told.len() as u64;
    let mut others: HashMap<(&str, String), Row> = HashMap::new();
    for row in shown {
        if !told.remove(&row) {
            others.insert(row.key(), row);
        }
    }
    for row in told {
        let (table, key) = row.key();
        let kind = match others.remove(&(table, key.clone())) {
            Some(_) => Kind::Changed,
            None => Kind::Missing,
        };
        report.differ(table, key, kind, None);
    }
    for (table, key) in others.into_keys() {
        report.differ(table, key, Kind::Extra, None);
    }
}
