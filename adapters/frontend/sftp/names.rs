//! How the server writes file names. SFTP version 3 carries bytes and says nothing of what they mean: old Chinese servers
//! write GBK, others UTF-8, and one server has one way.

use formats::Encoding;
use model::{Code, Finding};
use port::Fault;
use serde::Deserialize;

/// `filename_encoding`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
pub enum NameEncoding {
    /// As most servers write.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// As servers on a Chinese Windows or an old Unix write: GBK and what came after it.
    #[serde(rename = "gb18030")]
    Gb18030,
}

impl NameEncoding {
    fn encoding(self) -> Encoding {
        match self {
            Self::Utf8 => Encoding::Utf8,
            Self::Gb18030 => Encoding::Gb18030,
        }
    }

    /// A path as the server writes it.
    pub fn bytes(self, path: &str) -> Result<Vec<u8>, Fault> {
        self.encoding().encode(path).map_err(|_| {
            let detail = format!(
                "不能以{0}写出 cannot be written in {0}; see filename_encoding",
                self.encoding().word()
            );
            Fault::person(Finding::new(Code::CPlace).with("path", path).with("detail", detail))
        })
    }

    /// A name from a listing as text. `None` where it is no name of this encoding, would not come back as the same
    /// bytes, or would lead out of its directory: such a name can neither be shown nor asked for.
    pub fn text(self, name: &[u8]) -> Option<String> {
        if name.is_empty() || name.contains(&b'/') || name.contains(&0) {
            return None;
        }
        let text = self.encoding().decode(name).ok()?;
        (self.encoding().encode(&text).ok()? == name).then_some(text)
    }
}

#[cfg(test)]
mod tests;
