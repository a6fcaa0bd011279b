package progress

import (
	"context"
	"errors"
)

// Cancellable runs work unless the context is done, and says afterwards if it has been
// done meanwhile. It returns when work has: what work reads may be closed then. Work
// that takes long looks at the context itself.
func Cancellable(ctx context.Context, work func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	err := work()
	if done := ctx.Err(); done != nil && !errors.Is(err, done) {
		return errors.Join(done, err)
	}
	return err
}
