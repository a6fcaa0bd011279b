package checkpoint

import (
	"errors"
	"fmt"
	"math"

	"github.com/cockroachdb/pebble/v2"
)

// Append makes a step durable: when it returns nil, the step survives whatever
// happens to the process or the machine. If it fails, the steps before it do; the
// step itself is there whole or not at all. The step's bytes are copied. Errors:
// [ErrRange] for an index out of turn, [ErrTooLarge], [ErrNoSpace].
func (s *Store) Append(step Entry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.writable(); err != nil {
		return err
	}
	if err := step.check(s.head.steps); err != nil {
		return err
	}
	h := step.header(s.head.tokens, s.head.link)
	// Twice: in the log, and in the table that the log becomes.
	if err := s.folder.room(2 * h.size()); err != nil {
		return err
	}
	bulky := len(step.Proof) > chunkSize
	if bulky {
		if err := s.addProof(step.Index, step.Proof); err != nil {
			return err
		}
	}
	b := s.engine.db.NewBatch()
	defer b.Close()
	text, link := h.seal()
	if err := b.Set(key(headerKey, step.Index, 0), text, nil); err != nil {
		return err
	}
	for i, bytes := range step.bytes() {
		if bulky && firstSection+section(i) == proofKey {
			continue
		}
		if err := setChunks(b, firstSection+section(i), step.Index, bytes); err != nil {
			return err
		}
	}
	next := s.head
	next.steps++
	next.tokens += h.tokens()
	next.link, next.note = link, step.Note
	return s.advance(fmt.Sprintf("appending step %d", step.Index), b, next)
}

// addProof adds the chunks of a large proof as a table of its own, synced, ahead of the
// step's batch: they are written once and leave no log behind. A process that is
// killed before the batch leaves a proof of no step, which the next opening clears.
func (s *Store) addProof(index uint64, proof []byte) error {
	name := s.folder.path(proofTemp)
	table, err := s.engine.newTable(s.folder, name)
	if err != nil {
		return err
	}
	for chunk := uint32(0); len(proof) > 0 && err == nil; chunk++ {
		n := min(len(proof), chunkSize)
		err = table.Set(key(proofKey, index, chunk), proof[:n])
		proof = proof[n:]
	}
	if err := errors.Join(err, table.Close()); err != nil {
		return errors.Join(writeError("writing "+name, err), s.folder.remove(proofTemp))
	}
	return writeError("adding a proof", s.engine.ingest(name))
}

func (h header) size() int64 {
	var size uint64
	for _, p := range h.parts {
		size += p.size
	}
	return int64(size)
}

func setChunks(b *pebble.Batch, s section, index uint64, bytes []byte) error {
	for chunk := uint32(0); len(bytes) > 0; chunk++ {
		n := min(len(bytes), chunkSize)
		if err := b.Set(key(s, index, chunk), bytes[:n], nil); err != nil {
			return err
		}
		bytes = bytes[n:]
	}
	return nil
}

// RollBack forgets the steps from number to on, and the snapshot if it is of a
// later state: the next step is to. It is for a continuation that is not wanted;
// a store that is to keep it is forked first. [ErrRange] if there are fewer steps.
func (s *Store) RollBack(to uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.writable(); err != nil {
		return err
	}
	if to > s.head.steps {
		return fmt.Errorf("%w: rolling back to step %d of %d", ErrRange, to, s.head.steps)
	}
	if to == s.head.steps {
		return nil
	}
	first, _, err := s.header(to)
	if err != nil {
		return err
	}
	next := s.head
	next.steps, next.tokens, next.link = to, first.tokensBefore, first.previous
	next.proofsFrom, next.note = min(next.proofsFrom, to), ""
	b := s.engine.db.NewBatch()
	defer b.Close()
	for sec := headerKey; sec <= cacheKey; sec++ {
		if err := b.DeleteRange(key(sec, to, 0), after(sec), nil); err != nil {
			return err
		}
	}
	if next.snapshot.At > to {
		next.snapshot = SnapshotInfo{}
		if err := b.DeleteRange(key(snapshotKey, 0, 0), after(snapshotKey), nil); err != nil {
			return err
		}
	}
	stale := s.head.snapshot.At > to
	if err := s.advance(fmt.Sprintf("rolling back to step %d", to), b, next); err != nil || !stale {
		return err
	}
	return s.engine.excise(key(snapshotKey, 0, 0), after(snapshotKey))
}

// DropProofs drops the proofs of the steps before number before, which may be any.
// The steps remain, and remain checked: their headers still say what the proofs were.
func (s *Store) DropProofs(before uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.writable(); err != nil {
		return err
	}
	before = min(before, s.head.steps)
	if before <= s.head.proofsFrom {
		return nil
	}
	from, to := key(proofKey, s.head.proofsFrom, 0), key(proofKey, before, 0)
	next := s.head
	next.proofsFrom = before
	b := s.engine.db.NewBatch()
	defer b.Close()
	if err := b.DeleteRange(from, to, nil); err != nil {
		return err
	}
	if err := s.advance(fmt.Sprintf("dropping proofs before step %d", before), b, next); err != nil {
		return err
	}
	return s.engine.excise(from, to)
}

// sweep removes what a killed process left half done: files of a snapshot or a proof,
// proofs without a step, and snapshots that never became or no longer are the current
// one.
func (s *Store) sweep() error {
	if err := s.folder.RemoveAll(s.folder.path(snapshotTemp)); err != nil {
		return err
	}
	first, last := key(snapshotKey, 0, 0), key(snapshotKey, math.MaxUint64, math.MaxUint32)
	if s.folder.exists(proofTemp) {
		if err := s.folder.remove(proofTemp); err != nil {
			return err
		}
	}
	if err := s.clear(key(proofKey, s.head.steps, 0), after(proofKey)); err != nil {
		return err
	}
	current := s.head.snapshot.ID
	if err := s.clear(first, key(snapshotKey, current, 0)); err != nil {
		return err
	}
	return s.clear(key(snapshotKey, current+1, 0), last)
}

// clear deletes the keys of a range, if it has any.
func (s *Store) clear(from, to []byte) error {
	found := false
	err := s.engine.do("looking for remains", func(db *pebble.DB) error {
		it, err := db.NewIter(&pebble.IterOptions{LowerBound: from, UpperBound: to})
		if err != nil {
			return err
		}
		found = it.First()
		return it.Close()
	})
	if err != nil || !found {
		return err
	}
	b := s.engine.db.NewBatch()
	defer b.Close()
	if err := b.DeleteRange(from, to, nil); err != nil {
		return err
	}
	if err := s.engine.commit("clearing remains", b); err != nil {
		return err
	}
	return s.engine.excise(from, to)
}
