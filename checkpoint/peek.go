package checkpoint

import "time"

// Status is the status of a store.
type Status struct {
	Meta Meta
	// Steps and Tokens are totals; Link is the link of the last step.
	Steps, Tokens uint64
	Link          Digest
	// ProofsFrom is the number of the first step whose proof has not been dropped.
	ProofsFrom uint64
	Snapshot   SnapshotInfo
	// Updated is the time of the last change, Note the note of the last step.
	Updated time.Time
	Note    string
	// Bytes is the number of bytes of all files.
	Bytes int64
	// Writer is the process that has the store open for writing; 0 if there is none or it
	// is unknown.
	Writer int
}

// Peek returns the status of a store without the lock, so it works while another process
// appends steps and does not delay it. It reads fold.json and HEAD and checks their digests;
// only Open checks the steps. Errors wrap [ErrNoStore], [ErrFormat] or [ErrCorrupt].
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

// Status returns the status of the store.
func (s *Store) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.folder.status(s.meta, s.head)
}

// status combines the description and the head with the sizes of the files.
func (f folder) status(meta Meta, h head) Status {
	return Status{
		Meta: meta, Steps: h.steps, Tokens: h.tokens, Link: h.link, ProofsFrom: h.proofsFrom,
		Snapshot: h.snapshot, Updated: h.updated, Note: h.note,
		Bytes: f.size(), Writer: writerOf(f.path(lockName)),
	}
}
