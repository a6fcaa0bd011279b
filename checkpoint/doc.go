// Package checkpoint keeps the steps of a long computation in a folder. Each step is durable
// before the next begins, so the process may be killed at any moment and another process
// can continue. The package stores bytes in order and does not interpret them.
//
// # Guarantees
//
// After [Store.Append] returns nil, the step survives the end of the process and of
// the machine. A step is in the store completely or not at all, and the steps have the
// numbers 0, 1, 2, ... without a gap.
//
// A store that [Open] accepts has, bit for bit, the appended steps in their order, and none
// is missing at the end. In a store that was closed, Open finds every altered byte of every
// file. In a store whose process was killed, Open finds an altered byte unless it lies in
// data that is not in use (a log that was flushed already, a comment, the older generation
// of a head). Open does not change a store that it refuses, and its error names the file or
// the step.
//
// These checks protect against accidents. An adversary who can write the folder can write
// another store with matching digests: the correctness of a step follows from its proof,
// which the caller checks.
//
// # Use
//
// A run calls [Create] or [Open], [Store.Append] for each step, and [Store.Close]. To resume,
// it compares the parameters by [Meta.Check], reads the large state at step At by
// [Store.Snapshot] if there is a snapshot, and replays the steps of [Store.Steps] (At).
// [Peek] reads the status without the lock, [Fork] copies a store, and [Store.RollBack]
// deletes steps. [Policy] computes the interval between snapshots.
//
// # The folder
//
//	fold.json   the description of the store, as JSON text
//	HEAD        the status of the run, in two generations
//	steps/      a Pebble database: the steps, a copy of the head, the snapshot
//	SEAL        SHA-256 of every file in the format of sha256sum; only while closed
//	LOCK        locked (flock) by a writer, with its pid, or by readers together
//
// The folder is locked in the same way, so that deleting LOCK does not unlock the store.
// Open makes a missing LOCK again; a reader does so if it may write to the folder.
//
// While they are written there are also fold.json.tmp, SEAL.tmp, proof.tmp and
// snapshot.tmp/. The folder's mode is 0700: the bytes are secret.
//
// # fold.json
//
// An object, indented by two spaces, with the fields about, magic
// ("fold-checkpoint"), version (2), kind, parameters (64 hexadecimal digits), id (32),
// parent (32; only in a fork), created (RFC 3339), details (the caller's; optional) and
// digest, the SHA-256 of the file with digest empty. A file is accepted only if encoding
// its decoded form gives the same bytes.
//
// # HEAD
//
// 4544 bytes: a head at 0 for even generations, one at 4096 for odd ones, zeros
// between. Integers here and below are big-endian.
//
//	0    8    "FOLDHEAD"
//	8    4    version 2
//	12   4    length of the note, at most 256
//	16   16   id, as in fold.json
//	32   8    generation: the number of changes so far
//	40   8    steps
//	48   8    tokens in all steps
//	56   8    number of the first step whose proof has not been dropped
//	64   8    when, in nanoseconds since 1970
//	72   32   link of the last step; without steps the genesis
//	104  8    snapshot: its number, 0 if there is none
//	112  8    number of steps before the snapshot
//	120  8    length of the snapshot in bytes
//	128  32   SHA-256 of the snapshot
//	160  256  note, then zeros
//	416  32   SHA-256 of bytes 0 to 415
//
// The genesis is SHA-256("fold-checkpoint 2 <length of kind>:<kind>" || parameters), with
// the version of this format, so the links of steps bind the kind and the parameters.
//
// # Records of the database
//
// A key has one byte for the section, 8 bytes for the number of the step or snapshot, and 4
// bytes for the chunk; the head's key is the single byte 01. Chunks have 1 MiB, the last one
// of a section possibly less; an empty section has no chunk. The sections are 10 header, 11
// state, 12 proof, 13 replay, 14 tokens (4 bytes each), 15 cache, 20 snapshot
// (hexadecimal). A header has 292 bytes:
//
//	0    8    "FOLDSTEP"
//	8    4    version 2
//	12   8    step
//	20   8    number of tokens in all earlier steps
//	28   32   link of the previous step, or the genesis
//	60   200  for state, proof, replay, tokens, cache: length (8), SHA-256 (32)
//	260  32   the step's link: SHA-256 of bytes 0 to 259
//
// A link binds its step and all earlier steps. The header keeps the digest of a dropped
// proof.
//
// # Durability
//
// A change is one batch (header, chunks, the new head) that Pebble writes to its log
// with a checksum and syncs: after a crash it is replayed completely or dropped completely.
// Then the same head is written to the older slot of HEAD and synced, and the call returns.
// So the database is always at HEAD's generation or at the next one. If it is behind, or
// further ahead, durable data was lost, such as the end of a log after one flipped bit,
// which Pebble takes for a torn write. If the write of a slot is torn, the other slot is at
// most one generation behind.
//
// Open checks SEAL, HEAD, every record and every link with the database opened for
// reading, which changes no file. Then it opens the database for writing, and the
// database discards the data that it cannot use. SEAL is removed before the first change.
//
// A proof of more than one chunk is written to a separate table file and synced. The
// database ingests the table by one synced edit before the step's batch, so the log has no
// copy. If the process is killed before the batch, the proof belongs to no step and the
// next Open deletes it.
//
// A snapshot's bytes are written to table files beside the database and synced. The database
// ingests them by one synced edit, a batch with a new head makes the snapshot current, and
// then the older snapshot is deleted. If the process is killed in between, no head has the
// number of the snapshot, and the next Open deletes it. The last step of creating a store
// is the rename of fold.json.
//
// # Failures
//
// Before a change the free space of the disk is compared with its need: twice the bytes of
// a step, or the bytes of a snapshot, and 24 MiB for the database's own work. If the disk
// fills up nevertheless, the call returns [ErrNoSpace], and the store refuses all further
// changes until another process opens it. The step that failed may be in the store.
//
// # Costs
//
// Memory: 3 MiB for data that is not yet in tables, 8 MiB of cache, twice the bytes of the
// step that is appended, and a few MiB for a snapshot of any size. Disk: the bytes of the
// steps, of the snapshot (of two while one is written) and of the proof that is written,
// and some 8 MiB for logs and compactions. Close reads the store once, Open twice.
package checkpoint
