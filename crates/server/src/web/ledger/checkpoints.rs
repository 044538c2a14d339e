//! Who signed which state of the record, and when.

use crate::web::{App, error::PageError, kit, receipt::witnesses, session::SignedIn};
use askama::Template;
use askama_web::WebTemplate;
use axum::extract::State;
use policy::Reading;

/// How many checkpoints are shown.
const SHOWN: u64 = 50;

#[derive(Template, WebTemplate)]
#[template(path = "ledger/checkpoints.html")]
pub(super) struct Page {
    page: kit::Page,
    crumbs: Vec<kit::Crumb>,
    latest: kit::Table,
}

pub(super) async fn page(State(app): State<App>, person: SignedIn) -> Result<Page, PageError> {
    let t = person.reader.t;
    if !app.store.reader(&person.actor).may_read(Reading::Ledger) {
        return Err(PageError::NotFound);
    }
    let mut rows = Vec::new();
    for kept in app.store.latest_checkpoints(SHOWN).await? {
        let seen = app.trust.as_deref().map(|trust| witnesses(t, &kept, trust)).unwrap_or_default();
        let seen: Vec<String> = seen.iter().map(|seen| format!("{} · {}", seen.label, seen.value)).collect();
        rows.push(vec![
            kit::Cell::new(kept.origin),
            kit::Cell::new(t.number(kept.size)),
            kit::Cell::new(t.moment(&kept.signed_at)),
            kit::Cell::new(if seen.is_empty() { t.get("checkpoints-none-yet") } else { seen.join("\n") }),
        ]);
    }
    let column = |key: &str| kit::Column::words(t.get(key));
    Ok(Page {
        page: person.page("/ledger/checkpoints", t.get("checkpoints-title")),
        crumbs: vec![kit::Crumb { label: t.get("ledger-title"), href: "/ledger".to_owned() }],
        latest: kit::Table {
            caption: t.get("checkpoints-list"),
            note: String::new(),
            columns: vec![
                column("checkpoints-log"),
                kit::Column::numbers(t.get("checkpoints-size")),
                column("checkpoints-signed"),
                column("checkpoints-witnesses"),
            ],
            rows,
            total: Vec::new(),
        },
    })
}
