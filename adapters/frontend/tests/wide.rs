//! Files in UTF-16: written as their layout says, read again, and told what is wrong with them.

use super::gap::{self, Station};
use super::world::{self, COLUMNS, layouts, rows};
use crate::format::{self, Files};
use crate::settings::Settings;
use formats::{Encoding, Taken};
use model::Code;
use model::define::Layout;
use port::Outgoing;
use std::sync::Arc;

fn in_encoding(layout: &Layout, word: &str) -> Layout {
    Layout {
        encoding: word.to_owned(),
        ..layout.clone()
    }
}

fn csv() -> Settings {
    toml::from_str("transport = \"directory\"\nroot = \"/srv\"\nformat = \"csv\"").unwrap()
}

fn read(settings: &Settings, layout: &Layout, bytes: &[u8]) -> Result<Vec<Vec<String>>, Code> {
    let input = Box::new(std::io::Cursor::new(bytes.to_vec()));
    let mut opened = format::open(Files::of(settings), input, layout, None, 1 << 20).map_err(|f| f.code)?;
    let mut rows = Vec::new();
    while let Some(taken) = opened.reader.next().map_err(|f| f.code)? {
        let Taken::Row(row) = taken else { panic!("{taken:?}") };
        rows.push(row.cells.into_iter().map(|c| c.unwrap_or_default().into()).collect());
    }
    Ok(rows)
}

#[test]
fn csv_is_written_and_read_in_every_encoding_of_its_layout() {
    let settings = csv();
    let wanted: Vec<Vec<String>> = (rows().rows.iter())
        .map(|r| r.cells.iter().map(|c| c.as_deref().unwrap().to_owned()).collect())
        .collect();
    let mut sizes = Vec::new();
    for word in Encoding::ALL.map(Encoding::word) {
        let layout = Arc::new(in_encoding(&layouts()[0], word));
        let out = Outgoing {
            layout: layout.clone(),
            ..rows()
        };
        let bytes = format::encode(Files::of(&settings), &out, &world::numbers(1)).unwrap();
        assert_eq!(bytes.starts_with(b"\xFF\xFE"), word == "utf-16");
        assert_eq!(read(&settings, &layout, &bytes).as_ref(), Ok(&wanted), "{word}");
        sizes.push(bytes.len());
        // Half of the last line end is missing.
        let cut = &bytes[..bytes.len() - 1];
        assert!(read(&settings, &layout, cut).is_err(), "{word}");
    }
    assert_eq!(sizes[3], sizes[4] + 2, "the mark");
    assert_eq!(sizes[4], sizes[5]);
    // A layout without a mark does not take one, nor one with a mark the other way round.
    let utf16 = in_encoding(&layouts()[0], "utf-16");
    let plain = Encoding::Utf16Be.encode("\"a\"\r\n").unwrap();
    assert_eq!(read(&settings, &utf16, &plain), Err(Code::EBom));
    let names = COLUMNS.map(|n| format!("\"{n}\"")).join(",") + "\r\n";
    let marked = [Encoding::Utf16Be.mark(), &Encoding::Utf16Be.encode(&names).unwrap()].concat();
    assert_eq!(read(&settings, &utf16, &marked), Ok(Vec::new()));
    let declared = in_encoding(&layouts()[0], "utf-16be");
    assert_eq!(read(&settings, &declared, &marked), Err(Code::EBom));
}

/// A field's bytes are those of its layout's encoding.
#[test]
fn a_limit_in_bytes_counts_two_for_a_letter() {
    let settings = csv();
    let encode = |word: &str, limit: u32| {
        let mut layout = in_encoding(&layouts()[0], word);
        layout.fields[1].max_bytes = Some(limit);
        let out = Outgoing {
            layout: Arc::new(layout),
            ..rows()
        };
        format::encode(Files::of(&settings), &out, &world::numbers(1))
    };
    let letters = u32::try_from(rows().rows[0].get(1).unwrap().len()).unwrap();
    assert!(encode("gbk", letters).is_ok());
    assert_eq!(
        encode("utf-16le", letters).unwrap_err()[0].findings[0].code,
        Code::ETooLong
    );
    assert!(encode("utf-16le", 2 * letters).is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_go_out_and_come_back_in_utf_16() {
    let station = Station::new();
    for (word, mark) in [
        ("utf-16", &b"\xFF\xFE"[..]),
        ("utf-16le", b"\xFF\xFE"),
        ("utf-16be", b"\xFE\xFF"),
    ] {
        let adapter = station.adapter();
        let given = gap::outgoing(&[1]);
        let layout = Arc::new(in_encoding(&given.layout, word));
        let out = Outgoing {
            layout: layout.clone(),
            ..given
        };
        let encoded = adapter.encode(&out, &gap::numbers(1)).unwrap();
        let document = encoded.parts.iter().find(|p| p.name.starts_with("S_")).unwrap();
        assert!(document.bytes.starts_with(mark), "{word}");

        let settings: Settings = toml::from_str(
            "transport = \"directory\"\nroot = \"/srv\"\nformat = \"xml\"\n[xml]\nrecords = \"Package/Body/Seal\"\nbom = true",
        )
        .unwrap();
        let files = Files::of(&settings);
        let encoding = Encoding::from_word(word).unwrap();
        let ends = |bytes: &[u8]| files.ends(bytes, encoding, None);
        assert!(ends(&document.bytes), "{word}: it is complete");
        assert!(!ends(&document.bytes[..document.bytes.len() - 2]), "{word}: cut");
        let found = read(&settings, &layout, &document.bytes).unwrap();
        assert_eq!(found[0][3], "㛃测试", "{word}");
        let unmarked = read(&settings, &layout, &document.bytes[2..]);
        assert!(unmarked.is_err(), "{word}: the agreed mark is gone");
    }
}

/// A root element may be called in Chinese, in whatever encoding, by whatever prefix: the file is complete with its end.
#[test]
fn the_end_of_a_document_is_known_in_every_encoding() {
    let settings: Settings = toml::from_str(
        "transport = \"directory\"\nroot = \"/srv\"\nformat = \"xml\"\n[xml]\nrecords = \"数据包/办件\"",
    )
    .unwrap();
    let files = Files::of(&settings);
    for encoding in Encoding::ALL {
        let ends = |text: &str, records| {
            // The file begins with its mark, and its last bytes with half a character.
            let bytes = [encoding.mark(), &encoding.encode(text).unwrap()].concat();
            files.ends(&bytes[bytes.len() / 2 + 1..], encoding, records)
        };
        let head = "<?xml version='1.0'?><数据包><办件>测试测试测试测试测试测试测试测试</办件>";
        for (end, complete) in [
            ("</数据包>", true),
            ("</数据包>\r\n \t", true),
            ("</p:数据包>", true),
            ("</省厅:数据包>", true),
            ("</大数据包>", false),
            ("</a b:数据包>", false),
            ("</x><x:数据包>", false),
            ("<数据包>", false),
            ("</数据包", false),
            ("", false),
            ("</办件>", false),
        ] {
            assert_eq!(ends(&format!("{head}{end}"), None), complete, "{encoding:?} {end}");
        }
        // A feed of its own has a root of its own.
        assert!(ends(&format!("{head}</回执>"), Some("回执/结果")), "{encoding:?}");
        assert!(!ends(&format!("{head}</数据包>"), Some("回执/结果")), "{encoding:?}");
    }
}
