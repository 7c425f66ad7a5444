print("It begins here.")
