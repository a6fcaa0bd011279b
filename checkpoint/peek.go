package checkpoint

import "time"

// Status is where a store stands.
type Status struct {
	Meta Meta
	// Steps and Tokens are totals; Link is that of the last step.
	Steps, Tokens uint64
	Link          Digest
	// ProofsFrom: the proofs of the steps before it have been dropped.
	ProofsFrom uint64
	Snapshot   SnapshotInfo
	// Updated is when the last change was made, Note what came with the last step.
	Updated time.Time
	Note    string
	// Bytes are those of all files.
	Bytes int64
	// Writer is the process that has the store open for writing, 0 if none has or
	// the system does not say.
	Writer int
}

// Peek tells where a store stands, without the lock: while another process proves,
// and without holding that up. It reads fold.json and HEAD, checks their digests, and
// trusts them: only opening checks the steps. Errors: [ErrNoStore], [ErrFormat],
// [ErrCorrupt].
func Peek(dir string) (Status, error) {
	f := onDisk(dir)
	meta, err := f.readMeta()
	if err != nil {
		return Status{}, err
	}
	h, err := f.readHead()
	if err != nil {
		return Status{}, err
	}
	if h.id != meta.ID {
		return Status{}, corrupt("%s is of store %s, %s of %s", MetaName, meta.ID, headName, h.id)
	}
	return f.status(meta, h), nil
}

// Status returns where the store stands.
func (s *Store) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.folder.status(s.meta, s.head)
}

func (f folder) status(meta Meta, h head) Status {
	return Status{
		Meta: meta, Steps: h.steps, Tokens: h.tokens, Link: h.link, ProofsFrom: h.proofsFrom,
		Snapshot: h.snapshot, Updated: h.updated, Note: h.note,
		Bytes: f.size(), Writer: writerOf(f.path(lockName)),
	}
}
