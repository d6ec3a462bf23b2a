//! Which names may be used as file names, ours or a stranger's.

#[cfg(test)]
mod tests;

/// Longest name, bytes in UTF-8.
pub const MAX_NAME: usize = 120;

/// Whether a name may begin with a dot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dots {
    /// It may not: such files are hidden, and ours while they are being written.
    Refuse,
    /// It may.
    Allow,
}

/// Why a name may not be used. Does not repeat the name: it may be personal, or made to spoil a terminal.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NameError {
    /// No characters.
    #[error("the name is empty")]
    Empty,
    /// Over the limit.
    #[error("the name is longer than {MAX_NAME} bytes")]
    TooLong,
    /// `/`, `\`, or the names `.` and `..`.
    #[error("the name leads out of its directory")]
    Path,
    /// NUL, control characters, or marks that reverse the direction of writing.
    #[error("the name holds control characters")]
    Control,
    /// A leading dot.
    #[error("the name begins with a dot")]
    Dot,
}

/// Whether this is one plain name within a directory.
pub fn check_name(name: &str, dots: Dots) -> Result<(), NameError> {
    if name.is_empty() {
        return Err(NameError::Empty);
    }
    if name.len() > MAX_NAME {
        return Err(NameError::TooLong);
    }
    if name == "." || name == ".." || name.contains(['/', '\\']) {
        return Err(NameError::Path);
    }
    if name.chars().any(|c| c.is_control() || reverses(c)) {
        return Err(NameError::Control);
    }
    if dots == Dots::Refuse && name.starts_with('.') {
        return Err(NameError::Dot);
    }
    Ok(())
}

/// Marks with which `csv.exe` can be shown as `exe.csv`.
fn reverses(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}
