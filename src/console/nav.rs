//! The way around: which pages there are for whoever is logged in, and which of them this is.

use crate::words::Words;
use accounts::Action;

/// A page in the navigation.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) path: &'static str,
    pub(crate) name: &'static str,
    pub(crate) here: bool,
}

type Row = (&'static str, fn(&Words) -> &'static str, Action);

/// Every page that stands in the navigation, and what it needs: the same as its route.
pub(crate) const PAGES: &[Row] = &[
    (QUEUE, |w| w.nav_queue, Action::Look),
    ("/console/team", |w| w.team, Action::Supervise),
    ("/console/refused", |w| w.nav_refused, Action::Look),
    ("/console/codes", |w| w.nav_codes, Action::Look),
    ("/console/map", |w| w.nav_map, Action::Look),
    ("/console/audit", |w| w.nav_audit, Action::Audit),
    ("/console/accounts", |w| w.nav_accounts, Action::Accounts),
];

const QUEUE: &str = "/console";

/// The pages that are open to somebody. A task is part of the queue, whatever lies below another page part of that one.
pub(crate) fn links(words: &Words, may: &[Action], path: &str) -> Vec<Link> {
    let below = |page: &str| {
        let root = if page == QUEUE { "/console/task" } else { page };
        path.strip_prefix(root).is_some_and(|rest| rest.starts_with('/'))
    };
    let open = PAGES.iter().filter(|(_, _, action)| may.contains(action));
    open.map(|(page, name, _)| Link {
        path: page,
        name: name(words),
        here: path == *page || below(page),
    })
    .collect()
}
