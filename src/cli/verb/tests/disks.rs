//! What is noted of disks and asked about them.

use super::asks;
use engine::verb::{Carried, Custody, Request};

fn noted(copy: Option<u32>, custody: Custody, note: &str) -> Request {
    let said = Carried {
        copy,
        custody,
        note: note.to_owned(),
    };
    Request::DiskCarried {
        disks: vec!["A1".into(), "b7".into()],
        said,
    }
}

#[test]
fn what_is_noted_of_disks_is_passed_on_as_it_was_said() {
    for (line, request) in [
        ("disk log", Request::DiskLog { overdue: false }),
        ("disk log --overdue", Request::DiskLog { overdue: true }),
        (
            "disk log A1 b7 --taken-by li --back-by 2026-03-09",
            noted(
                None,
                Custody::Taken {
                    by: "li".into(),
                    back_by: Some(jiff::civil::date(2026, 3, 9)),
                },
                "",
            ),
        ),
        (
            "disk log A1 b7 --copy 2 --returned",
            noted(Some(2), Custody::Returned, ""),
        ),
        ("disk log A1 b7 --wiped", noted(None, Custody::Wiped, "")),
        ("disk log A1 b7 --lost --note taxi", noted(None, Custody::Lost, "taxi")),
        ("disk slip A1 --to f", Request::DiskSlip { disk: "A1".into() }),
        ("disk remind --to f", Request::DiskLog { overdue: true }),
        (
            "disk cancel A1 --from m --reason why",
            Request::DiskCancel {
                disk: "A1".into(),
                from: Some("/here/m".into()),
                reason: "why".into(),
            },
        ),
    ] {
        asks(line, request);
    }
}
