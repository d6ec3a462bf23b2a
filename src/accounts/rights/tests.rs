#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

/// Written a second time, by hand, the other way round: who may do each thing.
#[test]
fn the_table_is_as_agreed() {
    use Role::{Auditor, Clerk, SecurityAdministrator, Supervisor, SystemAdministrator, Verifier};
    let table: &[(Action, &[Role])] = &[
        (Action::Look, Role::ALL),
        (Action::Reveal, &[Clerk, Verifier, Supervisor]),
        (Action::Key, &[Clerk]),
        (Action::Verify, &[Clerk, Verifier, Supervisor]),
        (Action::Supervise, &[Supervisor]),
        (Action::Review, &[Clerk, Verifier, Supervisor]),
        (Action::Map, &[Clerk, Verifier, Supervisor]),
        (Action::Settle, &[Verifier, Supervisor]),
        (Action::Carry, &[Clerk, Supervisor, SystemAdministrator]),
        (Action::Keep, &[SystemAdministrator]),
        (Action::Vouch, &[SecurityAdministrator]),
        (Action::Accounts, &[SecurityAdministrator]),
        (Action::Audit, &[Supervisor, SecurityAdministrator, Auditor]),
    ];
    assert_eq!(table.len(), Action::ALL.len());
    for (action, roles) in table {
        for role in Role::ALL {
            assert_eq!(may(*role, *action), roles.contains(role), "{role:?} {action:?}");
        }
    }
}

#[test]
fn words_lead_back_to_roles() {
    for role in Role::ALL {
        assert_eq!(Role::from_word(role.word()), Some(*role));
        let json = serde_json::to_string(role).unwrap();
        assert_eq!(json, format!("\"{}\"", role.word()));
    }
    assert_eq!(Role::from_word("root"), None);
}
