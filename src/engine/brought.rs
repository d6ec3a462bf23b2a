//! One file that a person brings to a channel: offered by the adapter from where it lies, where the mode reads places;
//! else pushed, as a message would be, to the first feed that takes it.

use model::define::Channel;
use model::{Code, Finding};
use port::{Adapter, Ask, Fault, Next, Offer, Parts};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// The batch in a file. One that is pushed has at most so many bytes; what an adapter reads itself, it bounds itself.
pub async fn brought(adapter: &dyn Adapter, channel: &Channel, file: &Path, most: u64) -> Result<Offer, Fault> {
    let ask = Ask {
        position: None,
        place: Some(file.to_owned()),
        answers: None,
        past_gaps: false,
        max: 1,
    };
    let name = file
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    let mut why = Fault::person(Finding::new(Code::VNotFound).with("what", &name));
    match adapter.collect(&ask).await {
        Ok(mut offers) if !offers.is_empty() => return Ok(offers.swap_remove(0)),
        Err(fault) if fault.next != Next::Never => return Err(fault),
        _ => {}
    }
    let body = read(file, &name, most).map_err(Fault::person)?;
    for feed in &channel.feeds {
        let parts = Parts {
            feed: feed.name.clone(),
            name: name.clone(),
            body: body.clone(),
        };
        match adapter.receive(parts).await {
            Ok(offer) => return Ok(offer),
            Err(fault) => why = fault,
        }
    }
    Err(why)
}

#[allow(
    clippy::disallowed_methods,
    reason = "one file that a person named, read once, bounded by its batch limit"
)]
fn read(file: &Path, name: &str, most: u64) -> Result<Vec<u8>, Finding> {
    let unreadable = |error: io::Error| {
        Finding::new(Code::CPlace)
            .with("path", file.display())
            .with("detail", error.to_string())
    };
    let mut body = Vec::new();
    let opened = File::open(file).map_err(unreadable)?;
    opened.take(most + 1).read_to_end(&mut body).map_err(unreadable)?;
    if body.len() as u64 <= most {
        return Ok(body);
    }
    let too_large = Finding::new(Code::ETooLarge).with("found", format!("> {most}"));
    Err(too_large
        .with("limit", most)
        .with("setting", "limits.batch_bytes")
        .file(name))
}
