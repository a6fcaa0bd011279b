package checkpoint

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"math"

	"github.com/cockroachdb/pebble/v2"
)

// Len returns the number of steps.
func (s *Store) Len() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.head.steps
}

// Step reads one step. The error wraps [ErrRange] if there is no such step.
func (s *Store) Step(index uint64) (Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return Entry{}, ErrClosed
	}
	if index >= s.head.steps {
		return Entry{}, fmt.Errorf("%w: step %d of %d", ErrRange, index, s.head.steps)
	}
	return s.step(index)
}

// Steps yields the steps from number from on, in order, one in memory at a time. It ends
// after the last step or after the first error.
func (s *Store) Steps(from uint64) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for i := from; i < s.Len(); i++ {
			step, err := s.Step(i)
			if !yield(step, err) || err != nil {
				return
			}
		}
	}
}

// step reads one step under the lock.
func (s *Store) step(index uint64) (Entry, error) {
	h, _, err := s.header(index)
	if err != nil {
		return Entry{}, err
	}
	var parts [sections][]byte
	for i := range parts {
		sec := firstSection + section(i)
		if s.dropped(sec, index) {
			continue
		}
		whole := bytes.NewBuffer(make([]byte, 0, h.parts[i].size))
		if err := s.section(sec, index, h.parts[i], whole); err != nil {
			return Entry{}, err
		}
		if whole.Len() > 0 {
			parts[i] = whole.Bytes()
		}
	}
	return Entry{
		Index: index, State: parts[0], Proof: parts[1], Replay: parts[2],
		Tokens: decodeTokens(parts[3]), Cache: parts[4],
		ProofDropped: s.dropped(proofKey, index) && h.part(proofKey).size > 0,
	}, nil
}

// dropped reports whether a section of a step has been dropped.
func (s *Store) dropped(sec section, index uint64) bool {
	return sec == proofKey && index < s.head.proofsFrom
}

// header reads a step's header and its link.
func (s *Store) header(index uint64) (header, Digest, error) {
	var h header
	var link Digest
	err := s.engine.do("reading", func(db *pebble.DB) error {
		text, closer, err := db.Get(key(headerKey, index, 0))
		if err != nil {
			return err
		}
		h, link, err = decodeHeader(text)
		return errors.Join(err, closer.Close())
	})
	if err == nil && h.index != index {
		err = corrupt("says that it is step %d", h.index)
	}
	if err != nil {
		return header{}, Digest{}, named(err, headerKey, index)
	}
	return h, link, nil
}

// named adds the name of a record to an error.
func named(err error, sec section, index uint64) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("step %d, %s: %w", index, sec, err)
}

// section checks a section's chunks and digest, and copies the chunks to out if it is not
// nil.
func (s *Store) section(sec section, index uint64, p part, out *bytes.Buffer) error {
	sum := sha256.New()
	err := s.engine.do("reading", func(db *pebble.DB) error {
		return chunks(db, sec, index, p.size, func(chunk []byte) {
			sum.Write(chunk)
			if out != nil {
				out.Write(chunk)
			}
		})
	})
	if err == nil && Digest(sum.Sum(nil)) != p.digest {
		err = corrupt("found bytes with digest %s, expected %s", Digest(sum.Sum(nil)), p.digest)
	}
	return named(err, sec, index)
}

// chunks calls visit for the chunks of a section. They must have exactly size bytes together,
// and chunkSize bytes each except for the last. A chunk is valid during the call.
func chunks(db *pebble.DB, sec section, index, size uint64, visit func([]byte)) error {
	it, err := db.NewIter(&pebble.IterOptions{
		LowerBound: key(sec, index, 0), UpperBound: key(sec, index, math.MaxUint32),
	})
	if err != nil {
		return err
	}
	var read uint64
	var next uint32
	for ok := it.First(); ok; ok = it.Next() {
		value, err := it.ValueAndErr()
		if err != nil {
			return errors.Join(err, it.Close())
		}
		if err := checkChunk(it.Key(), key(sec, index, next), value, size-read); err != nil {
			return errors.Join(err, it.Close())
		}
		visit(value)
		read += uint64(len(value))
		next++
	}
	if err := it.Close(); err != nil {
		return err
	}
	if read != size {
		return corrupt("found %d bytes, expected %d", read, size)
	}
	return nil
}

// checkChunk checks a chunk's key, and its length if left bytes of the section remain.
func checkChunk(found, expected, value []byte, left uint64) error {
	if !bytes.Equal(found, expected) {
		return corrupt("found a chunk at %x, expected %x", found, expected)
	}
	if want := min(left, chunkSize); want == 0 || uint64(len(value)) != want {
		return corrupt("found a chunk of %d bytes, expected %d", len(value), want)
	}
	return nil
}

// verify reads the whole store and compares it with the head in HEAD, noted. sealed says that
// all files match SEAL, so that the snapshot need not be read again.
func (s *Store) verify(noted head, sealed bool) error {
	if err := s.loadHead(noted); err != nil {
		return err
	}
	if err := s.verifyChain(); err != nil {
		return err
	}
	if err := s.verifyNothingElse(sealed); err != nil {
		return err
	}
	if sealed || s.head.snapshot.ID == 0 {
		return nil
	}
	r, err := s.snapshot()
	if err != nil {
		return err
	}
	return errors.Join(r.drain(), r.release())
}

// loadHead reads the engine's head. Its generation must be HEAD's or the next one: HEAD
// is written after the batch is durable, so an engine that is behind has lost steps.
func (s *Store) loadHead(noted head) error {
	var found head
	err := s.engine.do("reading the head", func(db *pebble.DB) error {
		text, closer, err := db.Get([]byte{byte(headKey)})
		if err != nil {
			return err
		}
		found, err = decodeHead(text)
		return errors.Join(err, closer.Close())
	})
	if err != nil {
		return err
	}
	s.head = found
	ahead := s.head.generation - noted.generation
	switch {
	case s.head.id != s.meta.ID || noted.id != s.meta.ID:
		return corrupt("%s is of store %s, %s of %s, %s of %s", MetaName, s.meta.ID, engineName, s.head.id, headName,
			noted.id)
	case ahead > 1:
		return corrupt("%s: found change %d with %d steps, but %s notes change %d with %d steps",
			engineName, s.head.generation, s.head.steps, headName, noted.generation, noted.steps)
	case ahead == 0 && !bytes.Equal(s.head.encode(), noted.encode()):
		return corrupt("%s and %s differ in the same change %d", engineName, headName, noted.generation)
	}
	return nil
}

// verifyChain checks every step and its link to the previous step.
func (s *Store) verifyChain() error {
	link, tokens := s.meta.genesis(), uint64(0)
	for i := range s.head.steps {
		h, own, err := s.header(i)
		if err != nil {
			return err
		}
		if err := h.follows(i, tokens, link); err != nil {
			return named(err, headerKey, i)
		}
		for j, p := range h.parts {
			sec := firstSection + section(j)
			if s.dropped(sec, i) {
				p = part{digest: sha256.Sum256(nil)}
			}
			if err := s.section(sec, i, p, nil); err != nil {
				return err
			}
		}
		link, tokens = own, tokens+h.tokens()
	}
	if link != s.head.link || tokens != s.head.tokens {
		return corrupt("the chain of %d steps and %d tokens ends in %s, the head says %d tokens and %s",
			s.head.steps, tokens, link, s.head.tokens, s.head.link)
	}
	return nil
}

// verifyNothingElse checks that there is no record after the last step. In a store that was
// not sealed, there may be the proof of the next step, from a process that was killed.
func (s *Store) verifyNothingElse(sealed bool) error {
	for sec := headerKey; sec <= cacheKey; sec++ {
		if sec == proofKey && !sealed {
			continue
		}
		err := s.engine.do("reading", func(db *pebble.DB) error {
			it, err := db.NewIter(&pebble.IterOptions{LowerBound: key(sec, s.head.steps, 0), UpperBound: after(sec)})
			if err != nil {
				return err
			}
			if it.First() {
				err = corrupt("found a record at %x, beyond the last step", it.Key())
			}
			return errors.Join(err, it.Close())
		})
		if err != nil {
			return named(err, sec, s.head.steps)
		}
	}
	return nil
}
