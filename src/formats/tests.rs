#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

#[test]
fn words_of_formats() {
    for format in Format::ALL {
        assert_eq!(Format::from_word(format.word()), Some(format));
    }
    assert_eq!(Format::from_word("CSV"), None);
    assert_eq!(Format::from_word("xls"), None);
}

/// Readers and writers are handed about behind these traits, between threads.
#[test]
fn the_traits_can_be_boxed_and_sent() {
    fn sendable<T: Send + ?Sized>() {}
    sendable::<Box<dyn RowReader>>();
    sendable::<Box<dyn RowWriter>>();
}
