//! The golden files are those of the vectors, to the byte: told by python, which unpacks and digests them itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::python;
use std::path::Path;

const SCRIPT: &str = r#"
import base64, hashlib, json, pathlib, sys, zlib
root = pathlib.Path(sys.argv[1])
places = {}
for folder in ["disk", "files/ltax", "files/ntax", "files/stat", "files/hrss"]:
    for path in (root / folder).iterdir():
        places.setdefault(path.name, []).append(path)
for section in ["csv_ltax", "dbf", "fixed_width", "xlsx_hrss"]:
    vectors = json.loads((root / "vectors" / f"{section}.json").read_text())
    for known in vectors.get("files", [dict(vectors, name=vectors.get("file"))]):
        for path in places[known["name"]]:
            data = path.read_bytes()
            if "base64_zlib" in known:
                assert zlib.decompress(base64.b64decode(known["base64_zlib"])) == data, path
            if "text" in known:
                assert known["text"].encode() == data, path
            if "bytes" in known:
                assert known["bytes"] == len(data), path
            for name in ["sha256", "sm3"]:
                if name in known:
                    assert hashlib.new(name, data).hexdigest() == known[name], path
            print(section, path.relative_to(root))
"#;

#[test]
fn every_golden_file_is_that_of_its_vector() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let said = python(SCRIPT, &root);
    let mut found: Vec<&str> = said.lines().collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            "csv_ltax files/ltax/HUB_LTAX_SWDJ_20260316_0001.csv",
            "csv_ltax files/ltax/HUB_LTAX_SWDJ_20260316_0001.csv.ok",
            "dbf disk/DELETED.DBF",
            "dbf disk/HP0302A1.DBF",
            "dbf disk/SW0302A1.DBF",
            "dbf files/ntax/DELETED.DBF",
            "dbf files/ntax/HP0302A1.DBF",
            "dbf files/ntax/SW0302A1.DBF",
            "fixed_width files/stat/TJ20260306.TXT",
            "fixed_width files/stat/TJ20260309.TXT",
            "xlsx_hrss disk/HRSS_HUB_RET_20260318_01.xlsx",
        ]
    );
}
