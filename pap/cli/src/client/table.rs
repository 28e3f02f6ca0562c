//! Tables for people: columns as wide as their widest cell.

/// Lines of columns, the first line their heads. No line at all where there are no rows.
pub(crate) fn table<const N: usize>(heads: [&str; N], rows: Vec<[String; N]>) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut lines = vec![heads.map(str::to_owned)];
    lines.extend(rows);
    let mut widths = [0; N];
    for line in &lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for line in lines {
        let cells = line.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_nothing_trails() {
        let rows = vec![["acme".to_owned(), "ä".to_owned()], ["b".to_owned(), String::new()]];
        assert_eq!(table(["NAME", "X"], rows), "NAME  X\nacme  ä\nb\n");
        assert_eq!(table(["NAME"], vec![]), "");
    }
}
