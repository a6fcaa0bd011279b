package progress

import (
	"context"
	"errors"
)

// Cancellable runs work and returns its error. If ctx is done before, work does not run; if
// ctx is done afterwards, the error also wraps ctx's error. Cancellable always waits for
// work to return, so the caller may then close what work reads. Long work must check ctx
// itself.
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
