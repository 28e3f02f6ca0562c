//! A file for a secret: made for its owner alone, never over another file, and made before the secret is.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::failure::Failure;

/// A file that waits for its secret. Dropped without one, it is removed.
#[derive(Debug)]
pub(crate) struct SecretFile {
    path: PathBuf,
    file: File,
    is_written: bool,
}

impl SecretFile {
    /// Makes the file, with mode 0600. One that is already there is left alone.
    pub(crate) fn create(path: &Path) -> Result<Self, Failure> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(path) {
            Ok(file) => Ok(Self { path: path.to_owned(), file, is_written: false }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(Failure::usage(format!(
                "`{}` is already there, and a secret is not written over it",
                path.display()
            ))
            .help("name another file, or remove that one")),
            Err(error) => Err(Failure::unreadable(path, &error)),
        }
    }

    /// Writes the secret, on a line of its own, to the disk.
    pub(crate) fn write(&mut self, secret: &str) -> io::Result<()> {
        writeln!(self.file, "{secret}")?;
        self.file.sync_all()?;
        self.is_written = true;
        Ok(())
    }

    /// Writes what `write` makes of it to the disk. Where that says that nothing good was written, the file is removed.
    pub(crate) fn fill<E>(
        &mut self,
        write: impl FnOnce(&mut File) -> io::Result<Result<(), E>>,
    ) -> io::Result<Result<(), E>> {
        let written = write(&mut self.file)?;
        self.file.sync_all()?;
        self.is_written = written.is_ok();
        Ok(written)
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// Moves a secret from an answer to a file. `again` is the command that makes another where the file can't be written.
pub(crate) fn keep_secret(mut file: SecretFile, answer: &mut Value, again: &str) -> Result<SecretFile, Failure> {
    let secret = answer.as_object_mut().and_then(|members| members.remove("secret")).unwrap_or_default();
    file.write(secret.as_str().unwrap_or_default()).map_err(|error| {
        Failure::unwritable(format_args!("`{}`", file.path().display()), &error)
            .help(format!("the act is done and the secret lost: {again}"))
    })?;
    if let Some(members) = answer.as_object_mut() {
        members.insert("secret_file".to_owned(), json!(file.path().display().to_string()));
    }
    Ok(file)
}

impl Drop for SecretFile {
    fn drop(&mut self) {
        if !self.is_written {
            // An empty file that stays is no harm beyond its name.
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_never_overwritten_and_an_unused_one_goes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("reader.key");
        drop(SecretFile::create(&path).unwrap());
        assert!(!path.exists());
        SecretFile::create(&path).unwrap().write("s3cret").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "s3cret\n");
        assert!(SecretFile::create(&path).is_err());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
