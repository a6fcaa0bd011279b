package proof_test

import (
	"fmt"
	"os"

	"fold.example/fold/proof"
)

// A verifier needs the bytes of a proof and of a verification key, and the key's digest from
// somebody that the verifier trusts.
func ExampleVerify() {
	data, err := os.ReadFile("testdata/demo.proof")
	if err != nil {
		fmt.Println(err)
		return
	}
	key, err := os.ReadFile("testdata/demo.proof.vk")
	if err != nil {
		fmt.Println(err)
		return
	}
	v, err := proof.Verify(data, key, proof.Expected{
		KeyDigest: "6d4ac0fb03350c9b2e3359fb83adc6c14e4cd5b23af2f7bc07c784e804a51bd4",
		PromptIDs: []int{0, 34},
		// The key of this example is one for tests: whoever made it can forge proofs.
		AllowDevelopmentKey: true,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("model", v.ModelID)
	fmt.Println("after", v.PromptIDs, "chooses", v.OutputIDs)
	// Output:
	// model 1b2f616b0964b71e634ef9960878b03bfe16c54e3eae875acf31f6672405ebc7
	// after [0 34] chooses [54 53]
}
