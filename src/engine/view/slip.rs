//! A disk on paper: what the one who gives and the one who takes both sign.

use crate::command::Fetched;
use crate::desk::Desk;
use crate::view::batches::{BatchLine, line};
use jiff::civil::Date;
use model::BatchId;
use port::Slip;
use serde::{Deserialize, Serialize};

/// What a hand-over slip says.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SlipView {
    /// The node that cut it.
    pub node: String,
    /// The civil date of its number.
    pub day: Date,
    /// The batch, and who has it.
    pub batch: BatchLine,
    /// Its size on the medium.
    pub bytes: u64,
    /// The file that vouches for the others, by its path on the medium.
    pub file: String,
    /// Which digest of it the two compare: `SHA-256` or `SM3`.
    pub digest_kind: String,
    /// That digest, hexadecimal.
    pub digest: String,
    /// Under which name the department answers, where it answers by a file of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
}

/// The slip of a batch.
pub fn slip(desk: &mut Desk<'_>, batch: BatchId, fetched: &Fetched, slip: Slip) -> Option<SlipView> {
    let out = desk.books().out_batch(batch)?.clone();
    Some(SlipView {
        node: desk.plan.rules.node.clone(),
        day: out.day,
        batch: line(desk, &out),
        bytes: fetched
            .prepared
            .encoded
            .parts
            .iter()
            .map(|part| part.bytes.len() as u64)
            .sum(),
        file: slip.file,
        digest_kind: slip.kind.word().to_owned(),
        digest: crate::projection::hex(&slip.digest),
        answer: slip.answer,
    })
}
