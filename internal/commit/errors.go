package commit

import "fold.example/fold/internal/fault"

var (
	// ErrFormat marks data that is not a key in the expected format: magic, version,
	// curve, a field out of range, or a length that does not fit.
	ErrFormat = fault.New(fault.ErrFormat, "not a valid key")
	// ErrCorrupt marks a key of the right form with wrong content: a digest that
	// does not match, a point that is not on its curve, inconsistent powers.
	ErrCorrupt = fault.New(fault.ErrCorrupt, "corrupt key")
	// ErrTooShort marks data that does not fit the key.
	ErrTooShort = fault.New(fault.ErrFormat, "the key is too short")
)
