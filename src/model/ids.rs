//! Names of things. Each is its own type, so that a matter is never passed where a department is meant.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

macro_rules! name {
    ($(#[$doc:meta])* $type:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $type(Arc<str>);

        impl $type {
            /// Wraps a name as it stands; whoever reads it from outside has checked it.
            pub fn new(name: impl AsRef<str>) -> Self {
                Self(Arc::from(name.as_ref()))
            }
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }

        impl From<&str> for $type {
            fn from(name: &str) -> Self {
                Self::new(name)
            }
        }
    };
}

name!(
    /// A case number 办件编号: division6 + yyyymmdd + seq6 + check, 21 digits (`check::case_no` judges it).
    CaseNo
);
name!(
    /// A department's short name, as its file under `departments/` is called: `park`, `ltax`, `hub`.
    DeptId
);
name!(
    /// A matter's full name: department, dot, matter (`aic.licence`).
    MatterId
);

impl MatterId {
    /// The department that does this matter: what stands before the dot.
    pub fn dept(&self) -> DeptId {
        DeptId::new(self.as_str().split('.').next().unwrap_or_default())
    }
}

macro_rules! number {
    ($(#[$doc:meta])* $type:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $type(pub u64);

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }

        impl std::str::FromStr for $type {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.strip_prefix($prefix).unwrap_or(text).parse().map(Self)
            }
        }
    };
}

number!(
    /// A batch 批次, numbered by the ledger. What a department calls it is its declared number.
    BatchId, "b"
);
number!(
    /// One delivery in one batch on one rung, numbered by the ledger.
    AttemptId, "a"
);
number!(
    /// A piece of work for a person, numbered by the ledger.
    TaskId, "t"
);
number!(
    /// A review 校核, numbered by the ledger: a receiver says of one item that it is wrong, its source answers.
    ReviewId, "r"
);

/// What a department owes a case: case, matter, round. The unit of `balance`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct ObligationKey {
    /// The case.
    pub case_no: CaseNo,
    /// What is owed.
    pub matter: MatterId,
    /// 1 opens by choreography; an answered 补正 or a repeated matter opens the next.
    pub round: u32,
}

impl fmt::Display for ObligationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.case_no, self.matter, self.round)
    }
}
