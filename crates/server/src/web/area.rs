//! The areas of the product and who finds a way to them. A way on is a courtesy: every page asks policy for itself.

use domain::actor::{Actor, Role};
use policy::Reading;
use store::Store;

/// One area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// What there is to do.
    Home,
    /// Cycles and slates.
    Cycles,
    /// Accounts and roles.
    Accounts,
    /// The record.
    Ledger,
    /// Bringing office files in.
    Imports,
    /// Public notices.
    Notices,
    /// What follows from results.
    Outcomes,
    /// The indicator library.
    Indicators,
    /// Source data on record.
    Batches,
    /// The rules in force.
    Regimes,
    /// What looks wrong.
    Findings,
    /// How the whole authority stands.
    Supervision,
    /// What people declare of their family.
    Declarations,
    /// Relatives whose posts the law keeps apart.
    Posts,
    /// Saying that somebody should stay out.
    Tips,
    /// What ties people.
    Looks,
}

impl Area {
    /// All of them, in the order of the navigation: a phone shows the first four that are somebody's.
    const ALL: [Area; 16] = [
        Area::Home,
        Area::Cycles,
        Area::Accounts,
        Area::Findings,
        Area::Ledger,
        Area::Imports,
        Area::Notices,
        Area::Supervision,
        Area::Outcomes,
        Area::Indicators,
        Area::Batches,
        Area::Looks,
        Area::Posts,
        Area::Declarations,
        Area::Tips,
        Area::Regimes,
    ];

    /// The areas that an actor has something to do or to read in.
    pub fn of(store: &Store, actor: &Actor) -> Vec<Area> {
        let desk = store.reader(actor);
        let belongs = actor.person().is_some();
        let open = |area: &Area| match area {
            area if actor.is_from_outside() => *area == Area::Home,
            Area::Home | Area::Regimes | Area::Tips => true,
            Area::Cycles => belongs || desk.may_read(Reading::Cycle) || actor.has(Role::HrOfficer),
            Area::Accounts => desk.may_read(Reading::Accounts),
            Area::Ledger => desk.may_read(Reading::Ledger),
            Area::Imports => store.policies().may_ever(actor, "import_batch").is_ok(),
            Area::Notices => belongs || desk.may_read(Reading::Notice) || actor.has(Role::HrOfficer),
            Area::Outcomes => belongs || desk.may_read(Reading::Outcome) || actor.has(Role::HrOfficer),
            Area::Indicators => desk.may_read(Reading::Cycle),
            Area::Batches => desk.may_read(Reading::Batches),
            Area::Findings => desk.may_read(Reading::Finding),
            Area::Supervision => desk.may_read(Reading::Supervision),
            Area::Declarations => belongs || desk.may_read(Reading::Declarations),
            Area::Posts => desk.may_read(Reading::Posts),
            Area::Looks => store.policies().may_ever(actor, "look_at_ties").is_ok(),
        };
        Area::ALL.into_iter().filter(open).collect()
    }

    /// Where it begins.
    pub fn href(self) -> &'static str {
        match self {
            Area::Home => "/",
            Area::Cycles => "/cycles",
            Area::Accounts => "/accounts",
            Area::Ledger => "/ledger",
            Area::Imports => "/imports",
            Area::Notices => "/notices",
            Area::Outcomes => "/outcomes",
            Area::Indicators => "/indicators",
            Area::Batches => "/batches",
            Area::Regimes => "/regimes",
            Area::Findings => "/findings",
            Area::Supervision => "/supervision",
            Area::Declarations => "/declarations",
            Area::Posts => "/posts",
            Area::Tips => "/tips",
            Area::Looks => "/looks",
        }
    }

    /// The end of its keys in locales: `nav-…` and `area-…`.
    pub fn name(self) -> &'static str {
        self.href().strip_prefix('/').filter(|name| !name.is_empty()).unwrap_or("home")
    }

    /// Its icon.
    pub fn icon(self) -> &'static str {
        match self {
            Area::Home => "home",
            Area::Cycles => "clipboard-list",
            Area::Accounts => "users",
            Area::Ledger => "shield-check",
            Area::Imports => "upload",
            Area::Notices => "speakerphone",
            Area::Outcomes => "award",
            Area::Indicators => "adjustments",
            Area::Batches => "file-spreadsheet",
            Area::Regimes => "scale",
            Area::Findings => "flag",
            Area::Supervision => "chart-bar",
            Area::Declarations => "friends",
            Area::Posts => "building",
            Area::Tips => "message-report",
            Area::Looks => "link",
        }
    }

    /// Whether a page belongs to it.
    pub fn holds(self, path: &str) -> bool {
        let below =
            |root: &str| path == root || path.strip_prefix(root).is_some_and(|rest| rest.starts_with(['/', '?']));
        match self {
            Area::Home => path == "/" || below("/todos"),
            Area::Cycles => below("/cycles") || below("/slates"),
            other => below(other.href()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_belongs_to_one_area() {
        for (path, area) in [
            ("/", Area::Home),
            ("/todos?task=score", Area::Home),
            ("/cycles/new", Area::Cycles),
            ("/slates/1", Area::Cycles),
            ("/outcomes?page=2", Area::Outcomes),
        ] {
            let holding: Vec<Area> = Area::ALL.into_iter().filter(|area| area.holds(path)).collect();
            assert_eq!(holding, [area], "{path}");
        }
        assert!(Area::ALL.into_iter().all(|area| !area.holds("/appraisals/1") && !area.holds("/noticesboard")));
    }
}
