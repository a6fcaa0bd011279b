package commit

import "errors"

var (
	// ErrFormat marks data that is not a key in the expected format: magic, version,
	// curve, a field out of range, or a length that does not fit.
	ErrFormat = errors.New("not a valid key")
	// ErrCorrupt marks a key of the right form with wrong content: a digest that
	// does not match, a point that is not on its curve, inconsistent powers.
	ErrCorrupt = errors.New("corrupt key")
	// ErrTooShort marks data that does not fit the key.
	ErrTooShort = errors.New("the key is too short")
)
