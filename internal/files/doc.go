// Package files opens, reads, maps and writes the files of this program.
//
// Every file that is read may come from an untrusted source. Open opens regular files only:
// it refuses a pipe, a device, a socket or a folder without waiting for it. Read bounds the
// length before it allocates memory.
//
// Every file that is written appears under its name complete and durable, or not at all:
// Write, Create and Place write under a temporary name in the same folder, sync the file,
// rename it, and sync the folder.
//
// Map maps a file into memory. Another process can truncate or overwrite a mapped
// file at any time. A truncated page raises a fault when it is read; Guard turns that
// fault into an error that wraps ErrChanged, in the goroutine that calls Guard and in
// the goroutines of parallel loops that it waits for, if these call Faults. Mapping.Check
// reports a file whose bytes were overwritten.
package files
