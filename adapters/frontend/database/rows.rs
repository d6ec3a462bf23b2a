//! One row of a table as the rows of an offer.

use crate::fetch::sha256;
use model::{Cell, Code, Finding, Header, Row};
use port::{RowSource, Taken};

/// An offer of a single row.
pub struct One {
    header: Header,
    taken: Option<Taken>,
}

impl One {
    /// A row that can be read.
    pub fn row(header: Header, cells: Vec<Cell>) -> Self {
        Self {
            header,
            taken: Some(Taken::Row(Row { line: 1, cells })),
        }
    }

    /// A row that a person must look at.
    pub fn bad(header: Header, finding: Finding) -> Self {
        let findings = vec![finding.row(1)];
        Self {
            header,
            taken: Some(Taken::Bad { line: 1, findings }),
        }
    }
}

impl RowSource for One {
    fn header(&self) -> &Header {
        &self.header
    }

    fn next(&mut self) -> Result<Option<Taken>, Finding> {
        Ok(self.taken.take())
    }
}

/// Size and digest of texts, absent ones apart from empty ones.
pub fn weigh<'t>(texts: impl Iterator<Item = Option<&'t str>>) -> (u64, [u8; 32]) {
    let mut bytes = Vec::new();
    for text in texts {
        match text {
            None => bytes.push(0),
            Some(text) => {
                bytes.push(1);
                bytes.extend((text.len() as u64).to_le_bytes());
                bytes.extend(text.as_bytes());
            }
        }
    }
    (bytes.len() as u64, sha256(&bytes))
}

/// A row that is larger than a batch may be.
pub fn too_large(found: u64, limit: u64) -> Finding {
    Finding::new(Code::ETooLarge)
        .with("found", found)
        .with("limit", limit)
        .with("setting", "max_batch_bytes")
}
