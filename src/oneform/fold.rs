//! Labels without their dress: full width and spaces.

/// A label with full-width ASCII made plain and every space taken out. Only for finding what looks alike.
pub fn fold(label: &str) -> String {
    label.chars().filter(|c| !c.is_whitespace()).map(narrow).collect()
}

/// U+FF01 to U+FF5E are U+0021 to U+007E, drawn wide.
fn narrow(c: char) -> char {
    match u32::from(c) {
        wide @ 0xFF01..=0xFF5E => char::from_u32(wide - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests;
