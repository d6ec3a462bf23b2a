//! Which right a request needs: what the verbs ask, as the one table of roles and actions names it.

use accounts::Action;
use engine::verb::Request;

#[cfg(test)]
mod tests;

/// What a role must allow for a request.
pub fn action(request: &Request) -> Action {
    use Request as R;
    match request {
        R::Case { reveal: Some(_), .. } => Action::Reveal,
        R::Case { .. }
        | R::Why { .. }
        | R::QueueList { .. }
        | R::QueueShow { .. }
        | R::QueueBoard { .. }
        | R::QueueStats
        | R::RefusedList { .. }
        | R::RefusedShow { .. }
        | R::CodesUnmapped
        | R::ReviewsList { .. }
        | R::ReviewsShow { .. }
        | R::UnsettledList
        | R::Receipts { .. }
        | R::Balance
        | R::Day { .. }
        | R::DiskInspect { .. }
        | R::DiskLog { .. }
        | R::DiskSlip { .. }
        | R::Probe
        | R::Progress
        | R::LedgerStats
        | R::LedgerVerify
        | R::LedgerDoubt
        | R::Changes { .. }
        | R::HubCase { .. }
        | R::HubAsk { .. }
        | R::HubConfirm { .. }
        | R::Note { .. }
        | R::Map
        | R::Status
        | R::QueueStand { .. }
        | R::Undecided => Action::Look,
        // Whoever may hold a task at all may give it back.
        R::QueueClaim { verify: true, .. }
        | R::QueueVerify { .. }
        | R::QueueDecide { .. }
        | R::QueueBack { .. }
        | R::QueueRelease { .. } => Action::Verify,
        R::QueueAssign { .. } | R::QueueRank { .. } | R::QueueForecast { .. } => Action::Supervise,
        R::Acts { .. } => Action::Audit,
        R::QueueClaim { .. } | R::QueueComplete { .. } | R::QueueRefuse { .. } | R::QueueNotKeyed { .. } => Action::Key,
        R::ReviewsAsk { .. } | R::ReviewsConfirm { .. } => Action::Review,
        R::CodesMap { .. } => Action::Map,
        R::RefusedRetry { .. } | R::RefusedEdit { .. } | R::RefusedDrop { .. } | R::Settle { .. } => Action::Settle,
        R::Collect { .. }
        | R::Deliver { .. }
        | R::DiskExport { .. }
        | R::DiskImport { .. }
        | R::DiskCarried { .. }
        | R::DiskCancel { .. } => Action::Carry,
        R::Trust { .. } => Action::Vouch,
        R::TakeOver { .. }
        | R::LedgerRebuild
        | R::LedgerArchive { .. }
        | R::LedgerErase { .. }
        | R::LedgerBackup { .. }
        | R::LedgerResume { .. } => Action::Keep,
    }
}
