//! The frame around every page.

use super::{Person, Tone};
use crate::web::locale::{Locale, Reader};

/// Everything `base.html` reads. A page's template context holds it as `page`.
#[derive(Clone, Debug)]
pub struct Page {
    /// The language; macros take it as `t`.
    pub t: Locale,
    /// Large text and targets.
    pub elder: bool,
    /// Path and query of this page, where the switches of the masthead come back to.
    pub path: String,
    /// What the window and the history call this page.
    pub title: String,
    /// Name of the authority whose people these are; empty before sign-in.
    pub authority: String,
    /// Who is signed in.
    pub person: Option<SignedIn>,
    /// The ways to the main areas, in order; a phone shows the first four, the rest under "more".
    pub nav: Vec<NavItem>,
    /// What the last act has to say, shown once.
    pub flashes: Vec<Flash>,
    /// The session's token against forged requests; empty before sign-in.
    pub csrf: String,
    /// Says on every page that people and numbers are invented.
    pub demo: bool,
    /// The page shows a form that was refused; the title says so to those who hear it first.
    pub refused: bool,
    /// Name of the form whose act has just happened; its draft is given up. Empty after anything else.
    pub accepted: String,
    /// This page stands between a form and its answer (sign-in, an error), so drafts must outlive it.
    pub keeps_drafts: bool,
}

impl Page {
    /// A page for a reader of whom nothing else is known: no navigation, nobody signed in.
    pub fn new(reader: Reader, title: impl Into<String>) -> Self {
        Page {
            t: reader.t,
            elder: reader.elder,
            path: reader.path,
            title: title.into(),
            authority: String::new(),
            person: None,
            nav: Vec::new(),
            flashes: Vec::new(),
            csrf: String::new(),
            demo: false,
            refused: false,
            accepted: String::new(),
            keeps_drafts: false,
        }
    }

    /// How many entries of the navigation a phone shows beside "more".
    pub const TABS_BESIDE_MORE: usize = 4;

    /// Whether a phone can show the whole navigation.
    pub fn nav_fits(&self) -> bool {
        self.nav.len() <= Self::TABS_BESIDE_MORE + 1
    }
}

/// The signed-in person as the masthead shows them.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// An opaque id; drafts kept in the browser are bound to it.
    pub id: String,
    /// Name and post.
    pub person: Person,
    /// The roles, in the reader's language.
    pub roles: String,
}

/// One area of the product.
#[derive(Clone, Debug)]
pub struct NavItem {
    /// Where it leads.
    pub href: String,
    /// Its name; two to four characters in Chinese, so that a tab bar holds it.
    pub label: String,
    /// Icon of the sprite.
    pub icon: &'static str,
    /// This page belongs to it.
    pub current: bool,
    /// How many things wait there; 0 shows nothing.
    pub count: usize,
}

/// One message about what was just done.
#[derive(Clone, Debug)]
pub struct Flash {
    /// Where there is more about it.
    pub more: Option<super::Crumb>,
    /// How it went.
    pub tone: Tone,
    /// A full sentence.
    pub text: String,
}
