// Package checkpoint keeps a long computation, made of steps, in a folder: each step
// durable before the next begins, so that a process may be killed at any moment and
// another goes on. It knows bytes and their order, and nothing of what they mean.
//
// # Guarantees
//
// When [Store.Append] returns nil the step survives the end of the process and of
// the machine. A step is there whole or not at all, and the steps are always those
// from 0 to some number, without a gap.
//
// What [Open] accepts is, bit for bit, what was appended, in that order, with nothing
// missing at the end. In a store that was closed, every altered byte of every file is
// noticed. In one whose process was killed, an altered byte is noticed or lies where
// nothing is kept (a log already written out, a comment, the older generation of a
// head). What is refused is left as it was found, with an error that names the file
// or the step.
//
// This guards against accidents of disks and people. Whoever can write the folder can
// write a whole new store with fresh digests: what makes a step right is its proof,
// which the caller checks.
//
// # Use
//
// [Create] or [Open], [Store.Append] for each step, [Store.Close]. To resume:
// [Meta.Check] that the parameters are the caller's, [Store.Snapshot] for the large
// state at step At if there is one, [Store.Steps] (At) to replay the rest. [Peek]
// looks without the lock, [Fork] branches, [Store.RollBack] takes steps back.
// [Policy] says how often a snapshot pays.
//
// # The folder
//
//	fold.json   what this is: JSON text, for people too
//	HEAD        where the run stands, in two generations
//	steps/      a Pebble database: the steps, the head once more, the snapshot
//	SEAL        SHA-256 of every file, as sha256sum writes; only while closed
//	LOCK        held (flock) by a writer, with its pid, or shared by readers
//
// The folder itself is locked like LOCK, so that deleting LOCK unlocks nothing. A LOCK
// that is missing is made again, by readers too where the folder can be written.
//
// For moments there are also fold.json.tmp, SEAL.tmp, proof.tmp and snapshot.tmp/. The
// folder's mode is 0700: the bytes are secret.
//
// # fold.json
//
// An object, indented by two spaces, with the fields about, magic
// ("fold-checkpoint"), version (2), kind, parameters (64 hexadecimal digits), id (32),
// parent (32; only in a fork), created (RFC 3339), details (the caller's; optional) and
// digest, the SHA-256 of the file with digest empty. It is accepted only if writing
// what was read gives the same bytes.
//
// # HEAD
//
// 4544 bytes: a head at 0 for even generations, one at 4096 for odd ones, zeros
// between. Integers here and below are big-endian.
//
//	0    8    "FOLDHEAD"
//	8    4    version 2
//	12   4    length of the note, at most 256
//	16   16   id, that of fold.json
//	32   8    generation: the number of changes so far
//	40   8    steps
//	48   8    tokens in all steps
//	56   8    the proofs of the steps before this one have been dropped
//	64   8    when, in nanoseconds since 1970
//	72   32   link of the last step; without steps the genesis
//	104  8    snapshot: its number, 0 if there is none
//	112  8    the number of steps before it
//	120  8    its bytes
//	128  32   SHA-256 of them
//	160  256  note, then zeros
//	416  32   SHA-256 of bytes 0 to 415
//
// The genesis is SHA-256("fold-checkpoint 1 <length of kind>:<kind>" || parameters):
// steps of other parameters do not fit.
//
// # Records of the database
//
// A key is one byte for the section, 8 for the step (of a snapshot: its number) and 4
// for the chunk; the head's key is the single byte 01. Chunks have 1 MiB, the last one
// less; nothing is stored for an empty section. The sections: 10 header, 11 state, 12
// proof, 13 replay, 14 tokens (4 bytes each), 15 cache, 20 snapshot. A header has 292
// bytes:
//
//	0    8    "FOLDSTEP"
//	8    4    version 2
//	12   8    step
//	20   8    tokens in all steps before it
//	28   32   link of the step before it, or the genesis
//	60   200  for state, proof, replay, tokens, cache: bytes (8), SHA-256 (32)
//	260  32   the step's link: SHA-256 of bytes 0 to 259
//
// The link binds the step and all before it. A dropped proof leaves its digest here.
//
// # Why it is durable
//
// A change is one batch (header, chunks, the new head) that Pebble writes to its log
// with a checksum and syncs: after a crash it is replayed whole or dropped whole. Then
// the same head goes to the older slot of HEAD, and is synced. Only then does the call
// return. So at any moment the database is at HEAD's generation or the next. If it is
// behind, or further ahead, something was lost that had been durable, such as the end
// of a log after one flipped bit, which the database itself takes for a torn write.
// A torn slot leaves the other one, which is then one behind at most.
//
// Opening checks SEAL, HEAD, every record and every link with the database opened for
// reading, which changes no file; only then is it opened for writing, when the
// database discards what it cannot use. SEAL is removed before the first change.
//
// A proof of more than a chunk goes to a table file of its own, synced, which the database
// links in by one synced edit before the step's batch: it leaves no copy in the log. Cut
// short before the batch it is a proof of no step, and the next opening clears it.
//
// A snapshot's bytes go to table files beside the database, synced; the database links
// them in by one synced edit; a batch with a new head makes it current; only then is
// the older one deleted. Cut short between these, it has a number that no head names,
// and the next opening clears it. A new store's fold.json is renamed into place last.
//
// # Failures
//
// Room on the disk is asked for before anything is touched: twice the bytes of a step,
// once those of a snapshot, and 24 MiB for the database's own work. Should the disk
// fill up all the same, the call returns [ErrNoSpace] and the store refuses everything
// from then on, until another process opens it; the step that failed may be there.
//
// # Costs
//
// Memory: three times 1 MiB for what is not yet in tables, 8 MiB of cache, twice the
// bytes of the step being appended, a few MiB for a snapshot of any size. Disk: the
// bytes of the steps, the snapshot (two while one is written), the proof that is being
// written besides those that are kept, and, for logs and what compactions write anew,
// some 8 MiB. Closing and opening read the store once and twice.
package checkpoint
