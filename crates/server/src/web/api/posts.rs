//! 任职回避: relatives whose posts the law keeps apart.

use super::{
    paging::{Asked, Part},
    told::{PersonName, Told},
};
use crate::web::{App, error::PageError, session::SignedIn};
use axum::{Json, extract::State};
use domain::{
    id::PersonId,
    recusal::Ground,
    ties::posts::{Chart, PostTie},
};
use serde::Serialize;
use utoipa::ToSchema;

/// Somebody's post on the way from one relative to the other.
#[derive(Serialize, ToSchema)]
pub struct PostHeld {
    /// Who.
    person: PersonName,
    /// Their post 职务.
    post: Option<String>,
}

/// Two relatives whose posts the law keeps apart (公务员法 74). That they are relatives, and of which class: not over whom.
#[derive(Serialize, ToSchema)]
pub struct TiedPosts {
    /// Stays the same as long as the two and the kind do.
    key: String,
    /// `direct_leader`: the one is the other's direct leader. `same_leader`: both have the same one. `sensitive_post`: a post of
    /// organisation, personnel, discipline, supervision, audit or finance, where the other leads.
    kind: String,
    /// `spouse`, `lineal`, `collateral` or `near_affinity`.
    class: Ground,
    /// The posts over which the two hang together, from the one below to the one above; with the same leader, the leader
    /// stands in the middle.
    chain: Vec<PostHeld>,
    /// Of a sensitive post: the word it was known by.
    word: Option<String>,
    /// And the name of the post, section or unit that it stands in.
    named: Option<String>,
}

/// Relatives whose posts the law keeps apart. For the authority's HR and inspectors.
#[utoipa::path(get, path = "/api/posts", operation_id = "list_tied_posts", tag = "office", params(Asked),
    responses((status = 200, body = Part<TiedPosts>)))]
pub async fn list(State(app): State<App>, person: SignedIn, asked: Asked) -> Result<Json<Part<TiedPosts>>, PageError> {
    let posts = app.store.reader(&person.actor).posts().await?;
    let told = Told::of(&app.store).await?;
    let mut found = posts.ties;
    found.sort_by_key(PostTie::key);
    if let Some(after) = asked.after() {
        found.retain(|tie| tie.key().as_str() > after);
    }
    let item = |tie: PostTie| TiedPosts {
        key: tie.key(),
        kind: tie.kind.as_str().to_owned(),
        class: Ground::of_class(tie.class),
        chain: tie.chain.iter().map(|person| held(&posts.chart, &told, *person)).collect(),
        named: tie.marked.as_ref().map(|marked| marked.name.clone()),
        word: tie.marked.map(|marked| marked.word),
    };
    Ok(Json(asked.answer(found, PostTie::key, item)))
}

fn held(chart: &Chart, told: &Told, person: PersonId) -> PostHeld {
    PostHeld { person: told.person(person), post: chart.seats.get(&person).and_then(|seat| seat.post.clone()) }
}
