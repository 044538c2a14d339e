//! No route forgets its authorisation. `table.rs` says of every route who may use it; here it is held to the routes that
//! are really there, and each is really asked for, as every role and as nobody, with ids one may see and ids one may not.

mod browser;
mod sample;
mod table;
mod walk;
mod wrong;

pub use browser::{Answer, Browser};
pub use table::Route;

use crate::{api::Described, transparency};
use axum::{Router, body::Body, http::Request};
use sample::City;
use server::web::{self, App};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};
use store::Store;
use table::ROUTES;
use tower::ServiceExt;

/// The router under test: as in the demo, so that everyone can be entered as.
fn router(store: &Store) -> Router {
    web::app(App { demo: true, trust: Some(transparency::trust()), ..App::new(store.clone()) })
}

#[tokio::test]
async fn the_table_names_every_route_and_no_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let store =
        crate::city::open(&format!("sqlite://{}", folder.path().join("a.db").display()), server::clock::now).await;
    let router = router(&store);
    let mut there = BTreeSet::new();
    for path in registered() {
        for method in methods(&router, &path).await {
            there.insert(format!("{method} {path}"));
        }
    }
    let listed: BTreeSet<String> = ROUTES.iter().map(|route| format!("{} {}", route.method, route.path)).collect();
    assert_eq!(listed.len(), ROUTES.len(), "a route is listed twice");
    let missing: Vec<_> = there.difference(&listed).collect();
    assert!(missing.is_empty(), "say in tests/it/routes/table.rs who may use these routes: {missing:#?}");
    let gone: Vec<_> = listed.difference(&there).collect();
    assert!(gone.is_empty(), "these routes of tests/it/routes/table.rs are not there: {gone:#?}");
}

/// One test for all that needs the example city: filling it takes longer than everything that is asked of it.
#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_everyone_as_the_table_says() {
    let folder = tempfile::tempdir().expect("a folder");
    server::demo::set_clock(true);
    let store =
        crate::city::open(&format!("sqlite://{}", folder.path().join("a.db").display()), server::clock::now).await;
    let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/yunting");
    server::demo::seed(&store, &files).await.expect("the city");
    transparency::sign(&store).await;
    let city = City::of(store).await;
    let (router, described) = (router(&city.store), Described::new());
    wrong::nothing_is_done(&city, &router).await;
    crate::api::a_program_signs_in_and_acts(&city.store, &router).await;
    crate::api::lists_go_on_where_they_stopped(&city.store, &router).await;
    walk::lists_name_what_opens(&city).await;
    insta::assert_snapshot!("roles", walk::everyone(&city, &router, &described).await);
    walk::from_outside(&city, &router).await;
}

/// The paths that the sources register: pages under literal paths, the API by its description.
fn registered() -> BTreeSet<String> {
    const OTHER_WAYS: [&str; 5] =
        [".nest(", ".nest_service(", ".route_service(", ".fallback_service(", ".method_not_allowed"];
    let mut paths: BTreeSet<String> = web::api::description().paths.paths.into_keys().collect();
    let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web");
    for file in sources(&web) {
        let text = std::fs::read_to_string(&file).expect("sources are readable");
        let shipped = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for way in OTHER_WAYS {
            assert!(!shipped.contains(way), "{} registers routes by {way}…): use .route(\"…\")", file.display());
        }
        for call in shipped.split(".route(").skip(1) {
            let path = call.trim_start().strip_prefix('"').and_then(|rest| rest.split_once('"'));
            let (path, _) = path.unwrap_or_else(|| panic!("{}: a route's path is a literal", file.display()));
            paths.insert(path.to_owned());
        }
    }
    paths
}

/// The Rust files of a folder and below, without those of tests.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder of sources").map(|entry| entry.expect("an entry").path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let shipped = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.ends_with(".rs") && !["tests.rs", "testing.rs"].contains(&name)
    };
    files.into_iter().filter(shipped).chain(folders.iter().flat_map(|folder| sources(folder))).collect()
}

/// The methods a path answers to, as the router itself says when asked by a method that nobody uses.
async fn methods(router: &Router, path: &str) -> Vec<String> {
    let path = Route::filled(path, "01934b3e-0000-7000-8000-000000000001");
    let request = Request::builder().method("PROBE").uri(&path).body(Body::empty()).expect("a request");
    let answer = router.clone().oneshot(request).await.expect("an answer");
    assert_eq!(answer.status(), 405, "{path} is registered in the sources but not there");
    let allowed = answer.headers()["allow"].to_str().expect("words").to_owned();
    allowed.split(',').filter(|method| *method != "HEAD").map(str::to_owned).collect()
}
