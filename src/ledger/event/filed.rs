//! Under what an event is filed in the journal's footer: its kind, and the key that an erasure goes by.

use super::Event;

impl Event {
    /// How many records it changes, about: what is changed stays in memory until a checkpoint has written it. A case that
    /// many cases' event is about is written whole from then on, and counts twice.
    pub fn weight(&self) -> u64 {
        let attempts = match self {
            Self::BatchPrepared { attempts, .. } => attempts.len(),
            Self::AttemptsMoved { attempts, .. } => attempts.len(),
            _ => 1,
        };
        match attempts as u64 {
            0 | 1 => 1,
            many => 2 * many,
        }
    }

    /// The kind under which it stands in the journal's footer, readable without a key. Never reused.
    pub fn kind(&self) -> u16 {
        match self {
            Self::NodeStarted { .. } => 1,
            Self::Audit { .. } => 2,
            Self::HostKeyTrusted { .. } => 3,
            Self::DayClosed { .. } => 4,
            Self::LedgerDoubted { .. } => 5,
            Self::LedgerTrusted { .. } => 6,
            Self::Lapsed(_) => 7,
            Self::BatchBegun { .. } => 10,
            Self::Row { .. } => 11,
            Self::BatchEnded { .. } => 12,
            Self::BatchQuarantined { .. } => 13,
            Self::Unmatched { .. } => 14,
            Self::RowSettled { .. } => 15,
            Self::RowRefused { .. } => 16,
            Self::PositionMoved { .. } => 17,
            Self::BatchAbandoned { .. } => 18,
            Self::RowParked { .. } => 19,
            Self::CaseOpened { .. } => 20,
            Self::Merged { .. } => 21,
            Self::Adopted { .. } => 22,
            Self::CaseErased(_) => 24,
            Self::CaseWithdrawn { .. } => 23,
            Self::ObligationOpened { .. } => 30,
            Self::ObligationEnded { .. } => 31,
            Self::StandingSet { .. } => 32,
            Self::DeliveryQueued { .. } => 40,
            Self::DeliverySuperseded { .. } => 41,
            Self::DeliveryDue { .. } => 42,
            Self::DeliveryParked { .. } => 43,
            Self::DeliveryDoubted { .. } => 44,
            Self::BatchPrepared { .. } => 50,
            Self::Spooled { .. } => 51,
            Self::AttemptRefused { .. } => 52,
            Self::AttemptsMoved { .. } => 53,
            Self::BatchLeft { .. } => 54,
            Self::BatchDissolved { .. } => 55,
            Self::BatchCarried { .. } => 56,
            Self::BatchLeaving { .. } => 57,
            Self::FormOpened { .. } => 60,
            Self::TaskClaimed { .. } => 61,
            Self::TaskReleased { .. } => 62,
            Self::FormClosed { .. } => 63,
            Self::FormKeyed(_) => 64,
            Self::FormRekeyed(_) => 65,
            Self::FormDecided(_) => 66,
            Self::FormSentBack(_) => 67,
            Self::TaskRanked(_) => 68,
            Self::CodeProposed { .. } => 70,
            Self::CodeMapped { .. } => 71,
            Self::RowReleased { .. } => 72,
            Self::BatchJudged { .. } => 82,
            Self::RowsTaken { .. } => 83,
            Self::ReviewAsked(_) => 90,
            Self::ReviewAnswered(_) => 91,
        }
    }

    /// Whether what is filed under this kind is a row of an arriving batch, or what is kept of one that waits for codes.
    pub fn is_row(kind: u16) -> bool {
        matches!(kind, 11 | 19)
    }

    /// The business key whose keyed hash stands in the footer: the case where there is one, else the batch.
    pub fn key(&self) -> String {
        match self {
            Self::NodeStarted { .. }
            | Self::DayClosed { .. }
            | Self::LedgerDoubted { .. }
            | Self::LedgerTrusted { .. }
            | Self::Audit { .. }
            | Self::Lapsed(_)
            | Self::CodeProposed { .. }
            | Self::CodeMapped { .. } => "node".to_owned(),
            Self::RowParked { batch, case_no, .. } => {
                case_no.as_ref().map_or_else(|| batch.to_string(), ToString::to_string)
            }
            Self::Row { incoming, batch, .. } => match incoming.as_ref().and_then(|i| i.case_no.as_ref()) {
                Some(case_no) => case_no.to_string(),
                None => batch.to_string(),
            },
            Self::BatchBegun { batch, .. }
            | Self::RowRefused { batch, .. }
            | Self::BatchAbandoned { batch }
            | Self::BatchJudged { batch, .. }
            | Self::RowsTaken { batch, .. }
            | Self::BatchEnded { batch, .. }
            | Self::BatchQuarantined { batch, .. }
            | Self::BatchPrepared { batch, .. }
            | Self::Spooled { batch, .. }
            | Self::BatchLeft { batch, .. }
            | Self::BatchCarried { batch, .. }
            | Self::BatchLeaving { batch, .. }
            | Self::BatchDissolved { batch, .. } => batch.to_string(),
            Self::PositionMoved { dept, .. } | Self::HostKeyTrusted { dept, .. } => dept.to_string(),
            Self::RowSettled { row, .. } | Self::RowReleased { row, .. } => row.0.to_string(),
            Self::Unmatched { row, case_no, .. } => {
                case_no.as_ref().map_or_else(|| row.0.to_string(), ToString::to_string)
            }
            Self::CaseOpened { case_no, .. }
            | Self::Merged { case_no, .. }
            | Self::Adopted { case_no, .. }
            | Self::CaseWithdrawn { case_no, .. }
            | Self::TaskClaimed { case_no, .. }
            | Self::TaskReleased { case_no, .. }
            | Self::FormClosed { case_no, .. } => case_no.to_string(),
            Self::FormSentBack(back) => back.case_no.to_string(),
            Self::TaskRanked(ranked) => ranked.case_no.to_string(),
            Self::FormKeyed(keyed) => keyed.case_no.to_string(),
            Self::FormRekeyed(rekeyed) => rekeyed.case_no.to_string(),
            Self::FormDecided(decided) => decided.case_no.to_string(),
            Self::CaseErased(erasure) => erasure.case_no.to_string(),
            Self::ReviewAsked(asked) => asked.case_no.to_string(),
            Self::ReviewAnswered(answered) => answered.case_no.to_string(),
            Self::ObligationOpened { key }
            | Self::ObligationEnded { key, .. }
            | Self::StandingSet { key, .. }
            | Self::DeliveryQueued { key, .. }
            | Self::DeliverySuperseded { key, .. }
            | Self::DeliveryDue { key, .. }
            | Self::FormOpened { key, .. } => key.case_no.to_string(),
            Self::AttemptRefused { attempt, .. }
            | Self::DeliveryParked { attempt, .. }
            | Self::DeliveryDoubted { attempt, .. } => attempt.key.case_no.to_string(),
            Self::AttemptsMoved { attempts, .. } => attempts
                .first()
                .map_or_else(|| "node".to_owned(), |(_, case_no)| case_no.to_string()),
        }
    }
}
