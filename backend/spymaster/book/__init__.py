"""The compiled replay of orders: records of an instrument in, changes of its book out."""
