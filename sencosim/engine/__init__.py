"""What happens: inputs as plain arrays, the feedback of coverage, and the engines that run them."""
