package main

import (
	"os"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
)

// canMount reports whether a small file system can be mounted at a folder.
func canMount(dir string) bool {
	if unix.Mount("tmpfs", dir, "tmpfs", 0, "size=64k") != nil {
		return false
	}
	return unix.Unmount(dir, unix.MNT_DETACH) == nil
}

// tmpfs mounts a file system of a given size at a folder, or resizes the mounted one.
func tmpfs(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, len(args) == 2, "tmpfs FOLDER SIZE")
	dir := ts.MkAbs(args[0])
	if _, err := os.Stat(dir); err == nil {
		ts.Check(unix.Mount("tmpfs", dir, "tmpfs", unix.MS_REMOUNT, "size="+args[1]))
		return
	}
	ts.Check(os.Mkdir(dir, 0o777))
	ts.Check(unix.Mount("tmpfs", dir, "tmpfs", 0, "size="+args[1]))
	ts.Defer(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
}
