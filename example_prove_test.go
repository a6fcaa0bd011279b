package fold_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"fold.example/fold"
)

// A run is proven into a store. It can be stopped at any moment, here by a context after
// its first step, and resumed; the finished run is the same to the byte. Its owner checks
// the finished store with the model and the key.
func ExampleProve() {
	dir, err := os.MkdirTemp("", "example-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	key, store := filepath.Join(dir, "key"), filepath.Join(dir, "run")
	if _, err := fold.Setup(ctx, key, fold.SetupOptions{Development: true, Size: 1 << 20}, nil); err != nil {
		fmt.Println(err)
		return
	}
	opts := fold.ProveOptions{Model: fold.DemoModel, Key: key, Store: store, Prompt: "A", N: 1, Batch: true,
		Blocks: 4}
	_, err = fold.Prove(ctx, opts, func(e fold.Event) {
		if s, ok := e.(fold.Step); ok {
			fmt.Printf("step %d of %d: %s\n", s.Step, s.Of, s.Kind)
			stop()
		}
	})
	var stopped *fold.Stopped
	fmt.Println(errors.As(err, &stopped), errors.Is(err, context.Canceled))

	ctx = context.Background()
	s, err := fold.Resume(ctx, store, fold.ResumeOptions{}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d steps, %d of them now: %q\n", s.Steps, s.StepsNow, s.Text)

	trial := fold.VerifyOptions{AllowDevelopmentKey: true, Model: fold.DemoModel, Key: key}
	v, err := fold.Verify(ctx, store, trial, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%v %v %q\n", v.Accepted, v.ModelID == s.ModelID, v.Prompt)
	trial.AllowDevelopmentKey = false
	_, err = fold.Verify(ctx, store, trial, nil)
	fmt.Println(errors.Is(err, fold.ErrRejected), err)
	// Output:
	// step 1 of 3: embed
	// true true
	// 3 steps, 2 of them now: "U"
	// true true "<s>A"
	// true rejected: it is proven under a development key: whoever made the key can forge proofs
}

// The status of a store can be read while another process proves.
func ExampleReadStatus() {
	_, err := fold.ReadStatus("no-such-folder")
	fmt.Println(errors.Is(err, fold.ErrNoStore))
	// Output: true
}
