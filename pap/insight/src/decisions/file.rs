//! Where lines go: standard output, or a file that is moved aside when it is full.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Where lines go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogTarget {
    /// Standard output.
    Stdout,
    /// A file that is moved aside when it is full.
    File {
        /// Where it stands. The one before is `<path>.1`, the one before that `<path>.2`.
        path: PathBuf,
        /// How large it may be. A line is never divided.
        most_bytes: u64,
        /// How many files there are at most, the one that is written included.
        most_files: u32,
    },
}

/// A place for lines that is open.
#[derive(Debug)]
pub struct LogFile {
    target: LogTarget,
    open: Option<(File, u64)>,
}

impl LogFile {
    /// Opens it, so that what is wrong with it is known at once.
    ///
    /// # Errors
    /// The file can't be opened.
    pub fn open(target: LogTarget) -> io::Result<Self> {
        let open = match &target {
            LogTarget::Stdout => None,
            LogTarget::File { path, .. } => Some(open(path)?),
        };
        Ok(Self { target, open })
    }

    /// Writes whole lines, each with its end.
    pub(super) fn write(&mut self, lines: &[String]) -> io::Result<()> {
        match &self.target {
            LogTarget::Stdout => {
                let mut stdout = io::stdout().lock();
                lines.iter().try_for_each(|line| stdout.write_all(line.as_bytes()))?;
                stdout.flush()
            }
            LogTarget::File { path, most_bytes, most_files } => {
                let (path, most_bytes, most_files) = (path.clone(), *most_bytes, *most_files);
                for line in lines {
                    self.write_line(&path, line.as_bytes(), (most_bytes, most_files))?;
                }
                Ok(())
            }
        }
    }

    fn write_line(&mut self, path: &Path, line: &[u8], (most_bytes, most_files): (u64, u32)) -> io::Result<()> {
        let (mut file, bytes) = match self.open.take() {
            Some(open) => open,
            None => open(path)?,
        };
        let length = u64::try_from(line.len()).unwrap_or(u64::MAX);
        if bytes > 0 && bytes.saturating_add(length) > most_bytes {
            drop(file);
            move_aside(path, most_files)?;
            let (mut fresh, _) = open(path)?;
            fresh.write_all(line)?;
            self.open = Some((fresh, length));
            return Ok(());
        }
        file.write_all(line)?;
        self.open = Some((file, bytes + length));
        Ok(())
    }
}

/// Opens a file to be gone on with, and says how large it is. Only its owner may read it.
fn open(path: &Path) -> io::Result<(File, u64)> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    let bytes = file.metadata()?.len();
    Ok((file, bytes))
}

/// Moves each file one place on; the last one makes way.
fn move_aside(path: &Path, most_files: u32) -> io::Result<()> {
    let place = |n: u32| {
        let mut name = path.as_os_str().to_owned();
        if n > 0 {
            name.push(format!(".{n}"));
        }
        PathBuf::from(name)
    };
    if most_files <= 1 {
        return fs::remove_file(path);
    }
    for n in (0..most_files - 1).rev() {
        match fs::rename(place(n), place(n + 1)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_file_is_moved_aside_and_the_oldest_makes_way() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("decisions.jsonl");
        let target = LogTarget::File { path: path.clone(), most_bytes: 20, most_files: 3 };
        let line = |n: u32| format!("line {n:04}\n");
        let mut file = LogFile::open(target.clone()).unwrap();
        file.write(&(0..5).map(line).collect::<Vec<_>>()).unwrap();
        // What is begun is gone on with.
        let mut file = (drop(file), LogFile::open(target).unwrap()).1;
        file.write(&(5..9).map(line).collect::<Vec<_>>()).unwrap();
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(read("decisions.jsonl"), line(8));
        assert_eq!(read("decisions.jsonl.1"), line(6) + &line(7));
        assert_eq!(read("decisions.jsonl.2"), line(4) + &line(5));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
    }

    #[test]
    fn a_line_that_is_longer_than_a_file_stands_in_one_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut file = LogFile::open(LogTarget::File { path: path.clone(), most_bytes: 5, most_files: 2 }).unwrap();
        file.write(&["0123456789\n".to_owned(), "next line\n".to_owned()]).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "next line\n");
        assert_eq!(fs::read_to_string(folder.path().join("log.1")).unwrap(), "0123456789\n");
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_reads_the_file() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        LogFile::open(LogTarget::File { path: path.clone(), most_bytes: 5, most_files: 2 }).unwrap();
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
