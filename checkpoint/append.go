package checkpoint

import (
	"errors"
	"fmt"
	"math"

	"github.com/cockroachdb/pebble/v2"
)

// Append makes a step durable. After it returns nil, the step survives the end of the
// process and of the machine. After an error the earlier steps survive, and the step itself
// is in the store completely or not at all. Append copies the step's bytes. Errors wrap
// [ErrRange] if the index is not the next one, [ErrTooLarge] or [ErrNoSpace].
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
	// The bytes are written twice: to the log, and to the table that it is flushed to.
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

// addProof adds the chunks of a large proof in a separate synced table, before the step's
// batch, so that they are written once and not to the log. If the process is killed before
// the batch, the proof belongs to no step and the next Open deletes it.
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

// size returns the number of bytes of all sections.
func (h header) size() int64 {
	var size uint64
	for _, p := range h.parts {
		size += p.size
	}
	return int64(size)
}

// setChunks adds the chunks of a section to a batch.
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

// RollBack deletes the steps from number to on, and the snapshot if it is of a later state.
// The next step then has index to. To keep the deleted steps, fork the store first. The
// error wraps [ErrRange] if the store has fewer steps.
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

// DropProofs deletes the proofs of the steps before number before, which may exceed the
// number of steps. The steps remain, and Open still checks them: their headers keep the
// lengths and digests of the proofs.
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

// sweep deletes the remains of a killed process: temporary files of a snapshot or a proof,
// proofs without a step, and snapshots that are not the current one.
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

// clear deletes the keys of a range and releases their space.
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
