//! File systems of a test's own, that are full or fail as real ones do. Only root may mount one.

use std::path::Path;
use std::process::{Command, Stdio};

/// A mounted file system; unmounted when the test ends.
pub(crate) struct Disk(tempfile::TempDir);

impl Disk {
    /// In memory, with room for a moment.
    pub(crate) fn small() -> Option<Self> {
        let disk = Self(tempfile::tempdir().unwrap());
        disk.mounted(&["-t", "tmpfs", "-o", "size=2m", "tmpfs"])
    }

    /// A journaling one, in a file.
    pub(crate) fn ext4() -> Option<Self> {
        let disk = Self(tempfile::tempdir().unwrap());
        let image = disk.path("image");
        std::fs::File::create(&image)
            .unwrap()
            .set_len(64 << 20)
            .unwrap();
        let is_made = run("mkfs.ext4", &["-q", &image]);
        if !is_made {
            return skip();
        }
        disk.mounted(&["-o", "loop", &image])
    }

    fn mounted(self, what: &[&str]) -> Option<Self> {
        let place = self.path("mounted");
        std::fs::create_dir(&place).unwrap();
        // One that could be mounted for reading alone does not do.
        let is_mounted = run("mount", &[what, &[place.as_str()]].concat())
            && std::fs::write(self.folder("first"), "").is_ok();
        if is_mounted { Some(self) } else { skip() }
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    /// The path of a folder on it.
    pub(crate) fn folder(&self, name: &str) -> String {
        self.path(&format!("mounted/{name}"))
    }

    /// Gives it more room.
    pub(crate) fn enlarge(&self) {
        let place = self.path("mounted");
        assert!(run("mount", &["-o", "remount,size=256m", &place]));
    }

    /// What ext4 does by itself when its disk fails: read-only at once, whatever is open.
    pub(crate) fn fail(&self) {
        assert!(run(
            "mount",
            &["-o", "remount,abort", &self.path("mounted")]
        ));
    }

    /// Checks it and mounts it anew. Nobody may have files open there.
    pub(crate) fn repair(&self) {
        let (image, place) = (self.path("image"), self.path("mounted"));
        assert!(run("umount", &[&place]));
        // 1: errors were found, and corrected.
        let mut check = Command::new("fsck.ext4");
        check.args(["-p", &image]).stdout(Stdio::null());
        let code = check.status().unwrap().code();
        assert!(matches!(code, Some(0 | 1)), "{code:?}");
        assert!(run("mount", &["-o", "loop", &image, &place]));
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let place = self.path("mounted");
        if Path::new(&place).exists() {
            // Lazily: the relay may live a moment longer. Where nothing is mounted it says so, to nobody.
            run("umount", &["--lazy", &place]);
        }
    }
}

fn skip() -> Option<Disk> {
    println!("SKIPPED: no file system can be mounted here (it takes root, and mkfs.ext4)");
    None
}

/// Whether a program could be run and did what it was asked.
fn run(program: &str, args: &[&str]) -> bool {
    let command = Command::new(program)
        .args(args)
        .stderr(Stdio::null())
        .status();
    command.is_ok_and(|status| status.success())
}
