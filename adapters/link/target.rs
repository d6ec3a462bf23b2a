//! Request lines: `METHOD /path`, with marks filled so that no value can become syntax.

use reqwest::Method;

#[cfg(test)]
mod tests;

/// Splits `METHOD /path`.
pub fn read(line: &str) -> Result<(Method, &str), &'static str> {
    let (method, path) = line.split_once(' ').ok_or("METHOD, one space, path")?;
    let method = match method {
        "GET" => Method::GET,
        "POST" => Method::POST,
        "PUT" => Method::PUT,
        "PATCH" => Method::PATCH,
        "DELETE" => Method::DELETE,
        _ => return Err("the method is one of GET, POST, PUT, PATCH, DELETE"),
    };
    if is_path(path) {
        Ok((method, path))
    } else {
        Err("a path begins with / and is visible ASCII")
    }
}

/// True for what can follow a host. A second slash would name another one.
pub fn is_path(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(|b| b.is_ascii_graphic() && b != b'#' && b != b'\\')
}

/// Fills `{name}` marks, in one pass: a value that looks like a mark is not filled again.
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        let after = &rest[open + 1..];
        let mark = after.find('}').map(|close| (&after[..close], &after[close + 1..]));
        match mark.and_then(|(name, tail)| values.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v, tail))) {
            Some((value, tail)) => {
                escape(value, &mut out);
                rest = tail;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn escape(value: &str, out: &mut String) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
}
