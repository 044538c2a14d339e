//! Keys against the record: one that it destroyed is not there again, and none is gone that it did not destroy.

use super::{Kind, Report};
use crate::{
    Error,
    keyring::Held,
    load::Loader,
    seal::KeyId,
    table::truth::{entry, subject_key},
};
use domain::event::{Event, StreamKind};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// How many keys are read at a time.
const PAGE: u64 = 1000;

/// Every key.
pub(super) async fn audit<C: ConnectionTrait>(loader: &Loader<'_, C>, report: &mut Report) -> Result<(), Error> {
    use subject_key::Column;
    let mut destroyed = destroyed(loader).await?;
    let mut last: Option<subject_key::Model> = None;
    loop {
        let mut find = subject_key::Entity::find().filter(Column::AuthorityId.eq(loader.authority));
        if let Some(last) = &last {
            let after = Column::SubjectId.eq(last.subject_id).and(Column::Version.gt(last.version));
            find = find.filter(Column::SubjectId.gt(last.subject_id).or(after));
        }
        let page =
            find.order_by_asc(Column::SubjectId).order_by_asc(Column::Version).limit(PAGE).all(loader.db).await?;
        let keys = page.iter().map(|row| KeyId { subject: row.subject_id, version: row.version });
        let held = loader.keys.opening(loader.db, keys).await?;
        for row in &page {
            report.rows += 1;
            let key = KeyId { subject: row.subject_id, version: row.version };
            let sound = match (destroyed.remove(&key), held.get(&key)) {
                (Some(_), Some(Held::Destroyed)) | (None, Some(Held::Key(_))) => true,
                // It was destroyed, and is here again; or it is gone, and nobody destroyed it; or it does not unwrap.
                _ => false,
            };
            if !sound {
                report.differ("subject_key", name(key), Kind::Changed, None);
            }
        }
        match page.into_iter().next_back() {
            Some(row) => last = Some(row),
            None => break,
        }
    }
    for (key, seq) in destroyed {
        report.differ("subject_key", name(key), Kind::Missing, Some(seq));
    }
    Ok(())
}

fn name(key: KeyId) -> String {
    format!("{}/{}", key.subject, key.version)
}

/// The keys that the record says were destroyed, each with the place of the entry that says so.
async fn destroyed<C: ConnectionTrait>(loader: &Loader<'_, C>) -> Result<BTreeMap<KeyId, u64>, Error> {
    let mut destroyed = BTreeMap::new();
    let erased = entry::Entity::find()
        .filter(entry::Column::AuthorityId.eq(loader.authority))
        .filter(entry::Column::StreamKind.eq(StreamKind::Person.as_str()))
        .filter(entry::Column::Event.eq("subject_erased"));
    for row in erased.all(loader.db).await? {
        // An entry that was changed is named by itself.
        let Ok(recorded) = loader.read(&[row]).await else { continue };
        for recorded in recorded {
            if let Event::SubjectErased { keys, .. } = recorded.event {
                let keys = keys.into_iter().map(|(subject, version)| KeyId { subject, version });
                destroyed.extend(keys.map(|key| (key, recorded.seq)));
            }
        }
    }
    Ok(destroyed)
}

/// Which of these subjects, whose words do not open, have no key at all.
pub(super) async fn missing<C: ConnectionTrait>(
    loader: &Loader<'_, C>,
    lost: BTreeSet<Uuid>,
    report: &mut Report,
) -> Result<(), Error> {
    if lost.is_empty() {
        return Ok(());
    }
    let found = subject_key::Entity::find()
        .select_only()
        .column(subject_key::Column::SubjectId)
        .filter(subject_key::Column::AuthorityId.eq(loader.authority))
        .filter(subject_key::Column::SubjectId.is_in(lost.iter().copied()))
        .into_tuple::<Uuid>();
    let found: BTreeSet<Uuid> = found.all(loader.db).await?.into_iter().collect();
    for subject in lost.difference(&found) {
        report.differ("subject_key", subject.to_string(), Kind::Missing, None);
    }
    Ok(())
}
