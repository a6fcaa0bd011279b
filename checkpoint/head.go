package checkpoint

import (
	"crypto/sha256"
	"errors"
	"io/fs"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"fold.example/fold/internal/wire"
)

// MaxNote bounds [Entry.Note] in bytes.
const MaxNote = 256

const (
	headMagic = "FOLDHEAD"
	headSize  = 160 + MaxNote + 32
	// slotStride puts the two generations into different sectors and pages, so that a
	// torn write of one does not affect the other.
	slotStride = 4096
	headBytes  = slotStride + headSize
)

// SnapshotInfo describes the current snapshot.
type SnapshotInfo struct {
	// ID is a number that no other snapshot of the store has; 0 if there is no snapshot.
	ID uint64
	// At is the number of steps before the snapshot; replay continues with Steps(At).
	At uint64
	// Size is the length in bytes, Digest the SHA-256 of the bytes.
	Size   int64
	Digest Digest
}

// head is the status of a store. Every change writes it twice: to the engine, in the batch
// of the change, and then to the file HEAD.
type head struct {
	id ID
	// generation counts the changes; its parity is the slot in HEAD.
	generation uint64
	// steps and tokens are totals, link is the link of the last step.
	steps, tokens uint64
	link          Digest
	// proofsFrom is the number of the first step whose proof has not been dropped.
	proofsFrom uint64
	updated    time.Time
	snapshot   SnapshotInfo
	note       string
}

// code encodes or decodes a head, without the checksum at its end.
func (h *head) code(c *wire.Coder) {
	c.Magic(headMagic)
	c.Version("version", version, 4)
	n := len(h.note)
	c.Int("length of the note", &n, 4, 0, MaxNote)
	c.Raw(h.id[:])
	for _, v := range []*uint64{&h.generation, &h.steps, &h.tokens, &h.proofsFrom} {
		c.Uint64(v)
	}
	updated, size := uint64(h.updated.UnixNano()), uint64(h.snapshot.Size)
	if c.Uint64(&updated); c.Reading() {
		h.updated = time.Unix(0, int64(updated))
	}
	c.Raw(h.link[:])
	for _, v := range []*uint64{&h.snapshot.ID, &h.snapshot.At, &size} {
		c.Uint64(v)
	}
	h.snapshot.Size = int64(size)
	c.Raw(h.snapshot.Digest[:])
	note := make([]byte, MaxNote)
	copy(note, h.note)
	if c.Raw(note); c.Reading() {
		h.note = string(note[:n])
	}
}

// encode returns the head as the package documentation defines it.
func (h head) encode() []byte {
	out := wire.Encode(h.code)
	sum := sha256.Sum256(out)
	return append(out, sum[:]...)
}

// decodeHead is the inverse of encode. The error wraps ErrCorrupt.
func decodeHead(in []byte) (head, error) {
	if len(in) != headSize {
		return head{}, corrupt("a head of %d bytes, expected %d", len(in), headSize)
	}
	body := in[:headSize-sha256.Size]
	if sum := sha256.Sum256(body); Digest(sum) != Digest(in[len(body):]) {
		return head{}, corrupt("a head whose checksum does not match")
	}
	h := head{}
	if err := wire.Decode(body, h.code); err != nil {
		return head{}, corrupt("a head: %w", err)
	}
	if h.proofsFrom > h.steps || h.snapshot.At > h.steps || h.snapshot.Size < 0 {
		return head{}, corrupt("a head that contradicts itself: %d steps, proofs from %d, snapshot at %d of %d bytes",
			h.steps, h.proofsFrom, h.snapshot.At, h.snapshot.Size)
	}
	return h, nil
}

// readHead returns the newest generation in HEAD whose checksum matches. The other one may be
// torn, if the machine stopped while it was written.
func (f folder) readHead() (head, error) {
	data, err := f.read(headName, headBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return head{}, corrupt("%s is missing", f.path(headName))
	}
	if err != nil {
		return head{}, err
	}
	if len(data) != headBytes {
		return head{}, corrupt("%s has %d bytes, expected %d", f.path(headName), len(data), headBytes)
	}
	newest, err := decodeHead(data[:headSize])
	other, otherErr := decodeHead(data[slotStride:])
	if err != nil || otherErr == nil && other.generation > newest.generation {
		newest, err = other, otherErr
	}
	if err != nil {
		return head{}, corrupt("%s: neither generation is whole: %w", f.path(headName), err)
	}
	return newest, nil
}

// createHead writes HEAD with one generation in both slots.
func (f folder) createHead(h head) error {
	data := make([]byte, headBytes)
	copy(data, h.encode())
	copy(data[slotStride:], h.encode())
	return f.create(headName, data)
}

// writeSlot replaces the older generation by h, durably.
func writeSlot(file vfs.File, h head) error {
	_, err := file.WriteAt(h.encode(), int64(h.generation%2)*slotStride)
	if err == nil {
		err = file.SyncData()
	}
	return writeError("writing "+headName, err)
}
