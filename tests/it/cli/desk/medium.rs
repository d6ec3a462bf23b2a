//! A medium as a courier holds it.

use super::Desk;
use std::fs;
use std::path::Path;

/// What a courier holds, told before and after somebody changed a byte of it and put other things beside it.
pub(super) fn inspected(desk: &Desk, other: &Path, number: &str) {
    let look = |place: &Path| format!("disk inspect {}", place.display());
    desk.golden("inspect", &look(&desk.medium), 0);
    let empty = desk.dir.path().join("empty");
    fs::create_dir(&empty).unwrap();
    desk.golden("inspect_empty", &look(&empty), 0);
    desk.golden("inspect_no_stick", "disk inspect /nowhere/stick", 1);
    let set = other.join(number);
    let table = set.join(format!("data/{number}.DBF"));
    let mut bytes = fs::read(&table).unwrap();
    bytes[40] ^= 1;
    fs::write(&table, bytes).unwrap();
    fs::write(other.join("AUTORUN.INF"), "[autorun]").unwrap();
    fs::write(other.join(format!("HP{}.DBF", &number[2..])), "no table").unwrap();
    fs::create_dir(other.join("for-hrss")).unwrap();
    for name in ["bagit.txt", "bag-info.txt"] {
        let text = fs::read_to_string(set.join(name)).unwrap();
        fs::write(
            other.join("for-hrss").join(name),
            text.replace("Recipient: ntax", "Recipient: qts"),
        )
        .unwrap();
    }
    desk.golden("inspect_mixed", &look(other), 1);
}
