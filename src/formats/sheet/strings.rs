//! The texts that the cells of a workbook share: each is written once and referred to by its number.
//!
//! They stand in a part of their own and may be wanted in any order, so they are held; all in one piece of memory, for
//! a workbook of a hundred thousand rows has two million of them.

use super::rich::rich;
use super::tags::{Tag, Tags};
use crate::fault::{structure, too_large};
use crate::limits::Limits;
use model::{Code, Finding};
use std::io::Read;

/// Shared texts, by number.
#[derive(Debug, Default)]
pub(crate) struct Strings {
    all: String,
    /// Where each ends.
    ends: Vec<u32>,
}

impl Strings {
    /// Reads the part that has them; `size` is its length.
    pub(crate) fn read(input: impl Read, size: u64, limits: &Limits) -> Result<Self, Finding> {
        let mut tags = Tags::new(input, limits);
        let (mut strings, mut run) = (Self::default(), String::new());
        let most = limits.held_bytes.min(u64::from(u32::MAX));
        loop {
            match tags.next()? {
                Tag::Open {
                    name: b"sst",
                    attributes,
                    ..
                } => {
                    let announced = attributes.text("uniqueCount")?.map_or(Ok(0), |n| n.parse::<u64>());
                    // The shortest string takes more than four bytes of this part: whoever says otherwise means harm.
                    if announced.is_err() || announced.is_ok_and(|n| n > size / 4) {
                        return Err(Finding::new(Code::EStructure).with("detail", "uniqueCount"));
                    }
                }
                Tag::Open { name: b"si", empty, .. } => {
                    if !empty {
                        rich(&mut tags, &mut strings.all, &mut run)?;
                    }
                    let held = strings.all.len() as u64 + 4 * strings.ends.len() as u64;
                    if held > most {
                        return Err(too_large(held, most, "limits.held_bytes"));
                    }
                    let end = u32::try_from(strings.all.len()).map_err(|_| structure("字符串 strings", held))?;
                    strings.ends.push(end);
                }
                Tag::End => return Ok(strings),
                _ => {}
            }
        }
    }

    /// The text of a number.
    pub(crate) fn get(&self, number: usize) -> Option<&str> {
        let end = *self.ends.get(number)? as usize;
        let start = match number.checked_sub(1) {
            Some(before) => *self.ends.get(before)? as usize,
            None => 0,
        };
        self.all.get(start..end)
    }
}
