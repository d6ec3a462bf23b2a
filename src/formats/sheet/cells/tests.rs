#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use model::Code;

fn common() -> Arc<Common> {
    let xml = "<sst uniqueCount='2'><si><t>甲</t></si><si/><si><t>乙</t></si></sst>";
    Arc::new(Common {
        strings: Strings::read(xml.as_bytes(), 100, &Limits::default()).unwrap(),
        styles: vec![Shown::Number, Shown::Day, Shown::Span],
    })
}

/// The rows of a sheet, each cell in a word, or what refused it.
fn told(data: &str) -> Result<Vec<String>, Code> {
    let xml = format!("<worksheet><cols><col hidden='1'/></cols><sheetData>{data}</sheetData><x/></worksheet>");
    lines(&xml).map_err(|f| f.code)
}

fn lines(xml: &str) -> Result<Vec<String>, Finding> {
    let mut cells = Cells::new(xml.as_bytes(), common(), &Limits::default());
    let mut all = Vec::new();
    while let Some(line) = cells.next()? {
        let cell = |held: &Held| format!(" {}:{:?}{}", held.col, held.value, if held.formula { "=" } else { "" });
        all.push(format!(
            "{}{}",
            line.at,
            line.cells.iter().map(cell).collect::<String>()
        ));
    }
    Ok(all)
}

#[test]
fn every_kind_of_cell_is_what_it_says() {
    for (cell, expected) in [
        ("<c><v>1.50</v></c>", "Number(1.5)"),
        ("<c t='n'><v>-3E2</v></c>", "Number(-300.0)"),
        ("<c><v>1,5</v></c>", "Text(\"1,5\")"),
        ("<c s='1'><v>46082.5</v></c>", "Day(46082.5)"),
        ("<c s='2'><v>1.25</v></c>", "Span(\"1.25\")"),
        ("<c s='9'><v>1</v></c>", "Number(1.0)"),
        ("<c t='s'><v>0</v></c>", "Text(\"甲\")"),
        ("<c t='s'><v>2</v></c>", "Text(\"乙\")"),
        ("<c t='str'><v> a&amp;_x000A_b </v></c>", "Text(\" a&\\nb \")"),
        ("<c t='inlineStr'><v>9</v><is><r><t>丙</t></r></is></c>", "Text(\"丙\")"),
        ("<c t='b'><v>1</v></c>", "Truth(true)"),
        ("<c t='b'><v>FALSE</v></c>", "Truth(false)"),
        ("<c t='e'><v>#N/A</v></c>", "Wrong(\"#N/A\")"),
        (
            "<c t='d'><v>2026-03-18T00:00:00</v></c>",
            "Written(\"2026-03-18T00:00:00\")",
        ),
        ("<c><f>A1</f><v>2</v></c>", "Number(2.0)="),
        ("<c><f t='shared' si='0'/></c>", "Uncomputed="),
        ("<c><extLst><ext><v>7</v></ext></extLst><v>2</v></c>", "Number(2.0)"),
    ] {
        assert_eq!(
            told(&format!("<row>{cell}</row>")),
            Ok(vec![format!("0 0:{expected}")]),
            "{cell}"
        );
    }
    // Nothing is said, or blanks only.
    for cell in [
        "<c r='A1' s='1'/>",
        "<c></c>",
        "<c><v/></c>",
        "<c t='s'><v>1</v></c>",
        "<c t='str'><v> </v></c>",
    ] {
        assert_eq!(told(&format!("<row>{cell}</row>")), Ok(vec![]), "{cell}");
    }
}

#[test]
fn places_are_said_or_counted() {
    let rows = "<row r='2'><c r='C2'><v>3</v></c><c><v>4</v></c><c r='A2'><v>1</v></c></row><row/>\
                <row><c><v>5</v></c></row><row r='1048576'><c r='XFD1048576'><v>6</v></c></row>";
    let expected = [
        "1 0:Number(1.0) 2:Number(3.0) 3:Number(4.0)",
        "3 0:Number(5.0)",
        "1048575 16383:Number(6.0)",
    ];
    assert_eq!(told(rows).unwrap(), expected);
}

#[test]
fn what_nobody_could_read_as_one_is_refused() {
    for data in [
        "<row r='2'/><row r='2'/>",
        "<row r='3'/><row r='2'/>",
        "<row r='0'/>",
        "<row r='x'/>",
        "<row r='1048577'/>",
        "<row><c r='A2'/></row>",
        "<row><c r='A1'/><c r='A1'><v>1</v></c><c r='A1'><v>1</v></c></row>",
        "<row><c r='XFE1'/></row>",
        "<row><c r='ZZZZ1'/></row>",
        "<row><c r='1'/></row>",
        "<row><c t='s'><v>3</v></c></row>",
        "<row><c t='s'><v>x</v></c></row>",
        "<row><c t='n'><v>x</v></c></row>",
        "<row><c t='b'><v>2</v></c></row>",
        "<row><c t='e'><v>张三</v></c></row>",
        "<row><c t='q'><v>1</v></c></row>",
        "<row><c t='str'><v>_xD800_</v></c></row>",
        "<row></c></row>",
        "</sheetData><sheetData>",
    ] {
        assert_eq!(told(data), Err(Code::EStructure), "{data}");
    }
    let whole = "<worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>";
    assert_eq!(lines(whole).unwrap().len(), 1);
    for cut in 0..whole.len() {
        assert!(lines(&whole[..cut]).is_err(), "{cut}");
    }
    assert!(lines("<chartsheet><sheetData/></chartsheet>").is_err());
    assert!(lines("<worksheet/>").is_err());
}

#[test]
fn what_is_hidden_is_counted() {
    let xml = "<worksheet><cols><col hidden='1'/><col hidden='0'/></cols><sheetData><row hidden='true'/><row>\
               <c><v>1</v></c></row></sheetData></worksheet>";
    let mut cells = Cells::new(xml.as_bytes(), common(), &Limits::default());
    while cells.next().unwrap().is_some() {}
    assert_eq!(cells.hidden(), 2);
}
