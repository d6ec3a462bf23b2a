#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use std::process::Command;

/// A stranger reads the bars: zbar, of a picture with three dots to the narrowest.
fn read(text: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    let mut line = vec![255_u8; 60];
    for (n, width) in bars(text).unwrap().into_iter().enumerate() {
        let colour = if n % 2 == 0 { 0 } else { 255 };
        line.extend(std::iter::repeat_n(colour, usize::from(width) * 3));
    }
    line.extend([255_u8; 60]);
    let mut picture = format!("P5 {} 60 255\n", line.len()).into_bytes();
    for _ in 0..60 {
        picture.extend(&line);
    }
    let file = dir.path().join("bars.pgm");
    std::fs::write(&file, picture).unwrap();
    let told = Command::new("zbarimg")
        .args(["--quiet", "--raw", "-Sdisable", "-Scode128.enable", "--nodbus"])
        .arg(&file)
        .output()
        .expect("zbarimg: install zbar-tools");
    String::from_utf8(told.stdout)
        .unwrap()
        .trim_end_matches('\n')
        .to_owned()
}

#[test]
fn a_stranger_reads_case_numbers_and_every_symbol() {
    let mut texts: Vec<String> = [
        "110108202603020000019",
        "A-2026-17",
        "1",
        "12",
        "1234",
        "AB12345",
        "12a3456",
        "GS-0000001x",
    ]
    .map(str::to_owned)
    .into();
    // Every sign of set B, and every pair of set C.
    let signs: Vec<char> = (' '..='~').collect();
    texts.extend(
        signs
            .chunks(19)
            .map(|signs| format!("<{}>", signs.iter().collect::<String>())),
    );
    texts.extend((0..5).map(|n| (n * 20..n * 20 + 20).map(|pair| format!("{pair:02}")).collect()));
    for text in texts {
        assert_eq!(read(&text), text);
    }
}

#[test]
fn a_case_number_takes_half_as_many_symbols_as_it_has_digits() {
    let number = "110108202603020000019";
    // Begin, one digit, the change of sets, ten pairs.
    assert_eq!(symbols(number.as_bytes()).len(), 13);
    let (path, wide) = path(number, 40).unwrap();
    assert_eq!(wide, 20 + 14 * 11 + 13);
    assert!(path.starts_with("M10 0h2v40h-2z"), "{path}");
}

#[test]
fn what_has_no_bars_has_none() {
    for text in ["", "京A1", "a\tb", &"9".repeat(49)] {
        assert!(bars(text).is_none() && path(text, 40).is_none(), "{text}");
    }
}
